import type { AiProvider, Carrier } from '@trunkline/contracts';
import type { KeyToCheck } from '../../app/ports.js';

export type Vendor = AiProvider | Carrier;

/** A harmless read that needs a valid key, as each vendor documents it. */
export interface KeyCheckRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Build = (key: KeyToCheck) => KeyCheckRequest;

export const keyCheckRequests: Readonly<Record<Vendor, Build>> = {
  deepgram: ({ secret }) => ({
    path: '/v1/projects',
    headers: { authorization: `Token ${secret}` },
  }),
  openai: ({ secret }) => ({ path: '/v1/models', headers: bearer(secret) }),
  cartesia: ({ secret }) => ({
    path: '/voices?limit=1',
    headers: { 'x-api-key': secret, 'cartesia-version': '2025-04-16' },
  }),
  twilio: (key) => ({ path: `/2010-04-01/Accounts/${accountOf(key)}.json`, headers: basic(key) }),
  telnyx: ({ secret }) => ({ path: '/v2/balance', headers: bearer(secret) }),
  plivo: (key) => ({ path: `/v1/Account/${accountOf(key)}/`, headers: basic(key) }),
  vobiz: (key) => ({
    path: `/api/v1/Account/${accountOf(key)}`,
    headers: { 'x-auth-id': accountOf(key), 'x-auth-token': key.secret },
  }),
};

function accountOf({ accountId }: KeyToCheck): string {
  return encodeURIComponent(accountId ?? '');
}

function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` };
}

function basic(key: KeyToCheck): Record<string, string> {
  const pair = Buffer.from(`${accountOf(key)}:${key.secret}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}
