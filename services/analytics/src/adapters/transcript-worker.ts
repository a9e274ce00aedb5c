import { durablesOf, envelope, projections } from '@trunkline/contracts';
import { DurableWorker, PullDurable } from '@trunkline/platform';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AnalyticsApp } from '../app/analytics-app.js';
import { putTogether } from '../app/put-together.js';

const MAX_RUNNING = 16;
const MAX_ACK_PENDING = 256;
const ACK_WAIT_MS = 10_000;

/** Follows every call to its end, in whichever replica. */
export async function openTranscriptWorker(
  connection: NatsConnection,
  app: AnalyticsApp,
): Promise<DurableWorker> {
  const [durable] = durablesOf(projections.transcripts);
  if (!durable) throw new TypeError('the transcripts have no durable');
  const settings = { ackWaitMs: ACK_WAIT_MS, maxAckPending: MAX_ACK_PENDING };
  return new DurableWorker({
    durable: await PullDurable.open(connection, durable, settings),
    logger: app.logger,
    maxRunning: MAX_RUNNING,
    ackWaitMs: ACK_WAIT_MS,
    handle: async (message) => {
      const event = envelope.safeParse(message.json());
      if (event.success) await putTogether(app, event.data);
      else app.logger.error('transcript.unreadable', { seq: message.seq });
    },
  });
}
