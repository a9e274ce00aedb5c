import type { Envelope } from '@trunkline/contracts';
import { handleCommand } from '@trunkline/platform';
import { analysisDecider, type AnalysisCommand } from '../domain/analysis.js';
import { transcriptOf } from '../domain/transcript.js';
import type { AnalyticsApp } from './analytics-app.js';

/** After these a transcript is whole, or no longer wanted. */
const telling = new Set([
  'call.ended',
  'call.recording-stored',
  'call.erased',
  'call.turn-user',
  'call.turn-agent',
]);

/**
 * Rows V7, O11: a call that has ended gets its transcript, which then waits to be analysed. The
 * same event twice, or in another replica, makes no second one.
 */
export async function putTogether(
  app: Pick<AnalyticsApp, 'store'>,
  event: Pick<Envelope, 'tenant' | 'id' | 'type' | 'eventId'>,
): Promise<void> {
  if (!telling.has(event.type)) return;
  const { tenant, id } = event;
  const { events, position } = await app.store.load({ tenant, aggregate: 'call', id });
  const isErased = events.some(({ type }) => type === 'call.erased');
  if (!isErased && !events.some(({ type }) => type === 'call.ended')) return;
  const command: AnalysisCommand = isErased
    ? { do: 'erase' }
    : {
        do: 'put-together',
        transcript: {
          lines: transcriptOf(events),
          callVersion: position.v,
          state: 'awaiting-analysis',
        },
      };
  await handleCommand(app.store, analysisDecider, {
    ref: { tenant, aggregate: 'analysis', id },
    command,
    actor: { kind: 'service', id: 'analytics' },
    causationId: event.eventId,
    correlationId: id,
  });
}
