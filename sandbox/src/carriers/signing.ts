import { createHmac, createPrivateKey, randomUUID, sign, type KeyObject } from 'node:crypto';

/** A webhook as it will be on the wire; `fields` is a form, `json` a body of Telnyx. */
export interface Post {
  readonly url: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly json?: string;
}

export type Headers = Readonly<Record<string, string>>;

const hmac = (algorithm: 'sha1' | 'sha256', key: string, text: string): string =>
  createHmac(algorithm, key).update(text, 'utf8').digest('base64');

const byName = (a: readonly [string, string], b: readonly [string, string]): number => {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : 1;
};

export function signTwilio({ url, fields = [] }: Post, authToken: string): Headers {
  const text = fields
    .toSorted(byName)
    .map(([name, value]) => name + value)
    .join('');
  return { 'x-twilio-signature': hmac('sha1', authToken, url + text) };
}

/** A raw Ed25519 seed becomes readable by this DER prefix (RFC 8410). */
const derPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export function keyFromSeed(seedBase64: string): KeyObject {
  const der = Buffer.concat([derPrefix, Buffer.from(seedBase64, 'base64')]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

export function signTelnyx({ json = '' }: Post, key: KeyObject, nowSeconds: number): Headers {
  const text = Buffer.from(`${nowSeconds}|${json}`, 'utf8');
  return {
    'telnyx-signature-ed25519': sign(null, text, key).toString('base64'),
    'telnyx-timestamp': String(nowSeconds),
  };
}

/** V3 of a POST: URL without its query, sorted query, sorted form, nonce. */
export function signPlivo(
  { url, fields = [] }: Post,
  authToken: string,
  nonce: string = randomUUID(),
): Headers {
  const parsed = new URL(url);
  const base = `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  const query = [...parsed.searchParams]
    .toSorted(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const form = fields
    .toSorted(byName)
    .map(([name, value]) => name + value)
    .join('');
  const mark = query !== '' || form !== '' ? '?' : '';
  const dot = query !== '' && form !== '' ? '.' : '';
  const text = `${base}${mark}${query}${dot}${form}.${nonce}`;
  const signature = hmac('sha256', authToken, text);
  return {
    'x-plivo-signature-v3': signature,
    'x-plivo-signature-ma-v3': signature,
    'x-plivo-signature-v3-nonce': nonce,
  };
}

/** Neither body nor query is covered. */
export function signVobiz({ url }: Post, authToken: string, nonce: string = randomUUID()): Headers {
  const [base = ''] = url.split('?', 1);
  const v3 = hmac('sha256', authToken, `${base}.${nonce}`);
  const v2 = hmac('sha256', authToken, `${base}${nonce}`);
  return {
    'x-vobiz-signature-v3': v3,
    'x-vobiz-signature-ma-v3': v3,
    'x-vobiz-signature-v3-nonce': nonce,
    'x-vobiz-signature-v2': v2,
    'x-vobiz-signature-v2-nonce': nonce,
  };
}
