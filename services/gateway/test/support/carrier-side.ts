import {
  createHmac,
  generateKeyPairSync,
  randomUUID,
  sign as signBytes,
  type KeyObject,
} from 'node:crypto';
import type { Carrier } from '@trunkline/contracts';

/** What a carrier would send: a body and the headers that sign it over this address. */
export interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CarrierSide {
  readonly carrier: Carrier;
  readonly secret: string;
  readonly publicKey: string | null;
  sign(url: string, fields: Readonly<Record<string, string>>): Signed;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const hmac = (algorithm: string, key: string, text: string): string =>
  createHmac(algorithm, key).update(text, 'utf8').digest('base64');

function sorted(fields: Readonly<Record<string, string>>): string {
  return Object.keys(fields)
    .toSorted()
    .map((name) => name + (fields[name] ?? ''))
    .join('');
}

export const twilio: CarrierSide = {
  carrier: 'twilio',
  secret: 'twilio-token',
  publicKey: null,
  sign: (url, fields) => ({
    body: new URLSearchParams(fields).toString(),
    headers: { ...form, 'x-twilio-signature': hmac('sha1', 'twilio-token', url + sorted(fields)) },
  }),
};

export const plivo: CarrierSide = {
  carrier: 'plivo',
  secret: 'plivo-token',
  publicKey: null,
  sign: (url, fields) => {
    const nonce = randomUUID();
    const signature = hmac('sha256', 'plivo-token', `${url}?${sorted(fields)}.${nonce}`);
    const names = { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce };
    return { body: new URLSearchParams(fields).toString(), headers: { ...form, ...names } };
  },
};

export const vobiz: CarrierSide = {
  carrier: 'vobiz',
  secret: 'vobiz-token',
  publicKey: null,
  sign: (url, fields) => {
    const nonce = randomUUID();
    const signature = hmac('sha256', 'vobiz-token', `${url}.${nonce}`);
    const names = { 'x-vobiz-signature-v3': signature, 'x-vobiz-signature-v3-nonce': nonce };
    return { body: new URLSearchParams(fields).toString(), headers: { ...form, ...names } };
  },
};

export const telnyx: CarrierSide = telnyxSide(generateKeyPairSync('ed25519'));

function telnyxSide(keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }) {
  const raw = keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    carrier: 'telnyx' as const,
    secret: 'KEY-telnyx',
    publicKey: raw.toString('base64'),
    sign: (_url: string, payload: Readonly<Record<string, string>>): Signed => {
      const { event_type = 'call.initiated', ...rest } = payload;
      const body = JSON.stringify({ data: { id: randomUUID(), event_type, payload: rest } });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const text = Buffer.from(`${timestamp}|${body}`);
      const signature = signBytes(null, text, keys.privateKey).toString('base64');
      const headers = { 'telnyx-signature-ed25519': signature, 'telnyx-timestamp': timestamp };
      return { body, headers: { 'content-type': 'application/json', ...headers } };
    },
  };
}
