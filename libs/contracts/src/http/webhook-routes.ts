import type { WebhookNotice } from '../messages/webhooks.js';

export interface WebhookRoute {
  readonly path: `/webhooks/${string}`;
  readonly kind: WebhookNotice['kind'];
  /** Why it is open to everybody. */
  readonly why: string;
}

const number = '/webhooks/:carrier/:carrierAccount';
const call = `${number}/calls/:callId`;
const why = 'Signed by the carrier with the secret of the account in the path.';

/**
 * What carriers call, always with POST. They are no part of the API: bodies are the carriers' own
 * and stay bytes, because they are signed as such.
 */
export const webhookRoutes: readonly WebhookRoute[] = [
  { path: `${number}/answer`, kind: 'incoming', why },
  { path: `${number}/status`, kind: 'status', why },
  { path: `${call}/answer`, kind: 'answer', why },
  { path: `${call}/status`, kind: 'status', why },
  { path: `${call}/amd`, kind: 'amd', why },
  { path: `${call}/keys`, kind: 'keys', why },
  { path: `${call}/moved`, kind: 'moved', why },
];
