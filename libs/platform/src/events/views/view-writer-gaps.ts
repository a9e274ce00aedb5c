import type { AggregateRef, Envelope } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { LoadOptions } from '../store/event-store.js';
import { ProjectionFailure, failureReason } from '../projector/projection-failure.js';

/** Reads an aggregate's whole history, in order of version. */
export type GapReader = (ref: AggregateRef, options: LoadOptions) => Promise<readonly Envelope[]>;

export interface Gap {
  /** The document's version: the first missing one is the next. */
  readonly after: number;
  readonly read: GapReader;
  readonly signal?: AbortSignal | undefined;
}

/** The history itself is broken: waiting does not mend it. */
export const HISTORY_FAULTS: readonly string[] = ['log.invalid-event', 'log.incomplete'];

/** All versions above `after` up to the event's; a replica that lags is asked no second time. */
export async function missingVersions(event: Envelope, gap: Gap): Promise<Envelope[]> {
  for (const fromLeader of [false, true]) {
    const history = await readHistory(event, gap, fromLeader);
    const missing = history.filter(({ v }) => v > gap.after && v <= event.v);
    if (missing.length === event.v - gap.after) return missing;
  }
  throw new ProjectionFailure(event, 'the log has no complete history of it');
}

async function readHistory(
  event: Envelope,
  gap: Gap,
  fromLeader: boolean,
): Promise<readonly Envelope[]> {
  const { tenant, aggregate, id } = event;
  try {
    return await gap.read({ tenant, aggregate, id }, { fromLeader, signal: gap.signal });
  } catch (error) {
    // An unreadable event in the history is as poisonous as one that was delivered.
    if (!isAppError(error) || !HISTORY_FAULTS.includes(error.code)) throw error;
    throw new ProjectionFailure(event, failureReason(error), { cause: error });
  }
}
