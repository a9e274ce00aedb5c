import { envelope, projections } from '@trunkline/contracts';
import { DurableWorker, workOf } from '@trunkline/platform';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AnalyticsApp } from '../app/analytics-app.js';
import { putTogether } from '../app/put-together.js';

const MAX_RUNNING = 16;

/** Follows every call to its end, in whichever replica. */
export function openTranscriptWorker(
  connection: NatsConnection,
  app: AnalyticsApp,
): Promise<DurableWorker> {
  return DurableWorker.open(connection, {
    durable: workOf(projections.transcripts),
    logger: app.logger,
    maxRunning: MAX_RUNNING,
    handle: async (content, { seq }) => {
      const event = envelope.safeParse(content);
      if (event.success) await putTogether(app, event.data);
      else app.logger.error('transcript.unreadable', { seq });
    },
  });
}
