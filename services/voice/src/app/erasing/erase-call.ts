import type { callAggregate, Envelope, EventOf } from '@trunkline/contracts';
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

/** The dials behind a call: its own, and those of the colleagues it was to be handed to. */
export abstract class DialMemory {
  /** Nothing happens where there never was such a dial. */
  abstract forget(dial: string, reason: string, context: RequestContext): Promise<void>;
}

export interface EraseParts {
  readonly store: EventStore;
  readonly objects: ObjectStore;
  readonly dials: DialMemory;
  readonly clock: { nowMs(): number };
}

const RECORDING_LIMIT_MS = 24 * 3600 * 1000;
const MOST_SEGMENTS = 10_000;
const REASON = 'asked to';

/** First the log, which makes everybody forget; asked again, it takes away what is left. */
export async function eraseCall(
  { store, objects, dials, clock }: EraseParts,
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
    command: { reason: REASON, waitsForRecording: sinceMs < RECORDING_LIMIT_MS },
  });
  for (const dial of dialsOf(callId, known.events)) await dials.forget(dial, REASON, context);
  const { campaign } = stateOf(erasing, history);
  for (const name of Object.values(recordingKeys({ tenant, callId, campaign }))) {
    await objects.remove({ bucket: RECORDINGS_BUCKET, name }, { signal });
  }
  const segments = objects.list(SPOOL_BUCKET, segmentPrefix({ tenant, callId }), MOST_SEGMENTS);
  for await (const { name } of segments) await objects.remove({ bucket: SPOOL_BUCKET, name });
}

function dialsOf(callId: string, events: readonly Envelope[]): readonly string[] {
  const facts = events as readonly EventOf<typeof callAggregate>[];
  const secondLegs = facts.flatMap(({ type, data }) =>
    type === 'call.transferred' && data.dial ? [data.dial] : [],
  );
  return [callId, ...secondLegs];
}
