import type { WebhookNotice } from '@trunkline/contracts';
import type { BelievedWebhook } from './believe.js';
import type { WebhookParts } from './ports.js';

/** Resolves once it is on disk. */
export async function enqueue(
  parts: WebhookParts,
  { received, account }: BelievedWebhook,
  of: Pick<WebhookNotice, 'callId' | 'timeLimitSeconds'>,
): Promise<void> {
  const { carrier, carrierAccount, tenant } = account;
  await parts.queue.put({
    ...{ carrier, carrierAccount, tenant, kind: received.kind, ...of },
    receivedAt: new Date(parts.clock.nowMs()).toISOString(),
    body: Buffer.from(received.rawBody).toString('utf8'),
  });
}
