import type { ReplayGuard, SignedRequest, WebhookSecrets } from '../src/index.js';

export const form = 'application/x-www-form-urlencoded';

export function request(given: {
  url: string;
  headers: SignedRequest['headers'];
  method?: 'GET' | 'POST';
  body?: string;
  type?: string;
}): SignedRequest {
  return {
    method: given.method ?? 'POST',
    url: given.url,
    headers: { 'content-type': given.type ?? form, ...given.headers },
    rawBody: Buffer.from(given.body ?? '', 'utf8'),
  };
}

export const secretsOf = (...keys: string[]): WebhookSecrets => ({ keys, accountId: null });

/** Remembers nonces as a store would. */
export class NonceBook implements ReplayGuard {
  readonly asked: string[] = [];

  constructor(public nowMs = 1_700_000_000_000) {}

  readonly seenNonce = (key: string): boolean => {
    const isSeen = this.asked.includes(key);
    this.asked.push(key);
    return isSeen;
  };
}
