import {
  handleCommand,
  stateOf,
  type EventStore,
  type ObjectStore,
  type RequestContext,
} from '@trunkline/platform';
import { erasing } from '../../domain/erase-call.js';
import {
  recordingKeys,
  RECORDINGS_BUCKET,
  segmentPrefix,
  SPOOL_BUCKET,
} from '../../domain/recording/recording-keys.js';

export interface EraseParts {
  readonly store: EventStore;
  readonly objects: ObjectStore;
  readonly clock: { nowMs(): number };
}

const RECORDING_LIMIT_MS = 24 * 3600 * 1000;
const MOST_SEGMENTS = 10_000;

/** First the log, which makes everybody forget; asked again, it takes away what is left. */
export async function eraseCall(
  { store, objects, clock }: EraseParts,
  callId: string,
  context: RequestContext,
): Promise<void> {
  const { principal, correlationId, idempotency, signal } = context;
  const { tenant, kind, id } = principal;
  const ref = { tenant, aggregate: 'call', id: callId };
  const known = await store.load(ref, { signal });
  const ended = known.events.find(({ type }) => type === 'call.ended');
  const sinceMs = ended ? clock.nowMs() - Date.parse(ended.occurredAt) : 0;
  const { history } = await handleCommand(store, erasing, {
    ...{ ref, known, signal, correlationId, actor: { kind, id } },
    causationId: idempotency?.fingerprint ?? correlationId,
    command: { reason: 'asked to', waitsForRecording: sinceMs < RECORDING_LIMIT_MS },
  });
  const { campaign } = stateOf(erasing, history);
  for (const name of Object.values(recordingKeys({ tenant, callId, campaign }))) {
    await objects.remove({ bucket: RECORDINGS_BUCKET, name }, { signal });
  }
  const segments = objects.list(SPOOL_BUCKET, segmentPrefix({ tenant, callId }), MOST_SEGMENTS);
  for await (const { name } of segments) await objects.remove({ bucket: SPOOL_BUCKET, name });
}
