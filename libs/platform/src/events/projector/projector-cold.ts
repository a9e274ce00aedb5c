import type { EventCatalogue, ProjectionDefinition } from '@trunkline/contracts';
import { retry } from '@trunkline/kernel';
import type { Mongo } from '../../mongo/index.js';
import type { ColdHalf } from '../store/cold-half.js';
import type { PullDurable } from './consumer.js';
import { ProjectionFailure } from './projection-failure.js';
import type { ProjectedDocument } from '../views/projection.js';
import { parseEvent, refOf } from './projector-parse.js';
import type { Parking } from './projector-parking.js';
import type { ViewWriter } from '../views/view-writer.js';

export interface ColdReplay<Doc extends ProjectedDocument> {
  readonly definition: ProjectionDefinition;
  readonly cold: ColdHalf;
  readonly catalogue: EventCatalogue;
  readonly writer: ViewWriter<Doc>;
  readonly poison: Parking;
  readonly signal?: AbortSignal | undefined;
}

interface Replayed {
  readonly _id: string;
  readonly coldReplayedAt: Date;
  /** When the durables were made that held back the archiver since. */
  readonly durables?: Readonly<Record<string, string>>;
}

const STATE_COLLECTION = 'projector_state';

export interface ColdReplayOnce<Doc extends ProjectedDocument> extends ColdReplay<Doc> {
  readonly mongo: Mongo;
  readonly name: string;
  readonly durables: readonly Pick<PullDurable, 'durable' | 'createdAt'>[];
}

/**
 * A new projection starts with the archive. One that has read it does so again only if one of
 * its durables was lost: while there was none, nothing held the archiver back.
 */
export async function replayColdOnce<Doc extends ProjectedDocument>(
  replay: ColdReplayOnce<Doc>,
): Promise<void> {
  const done = replay.mongo.platformCollection<Replayed>(STATE_COLLECTION);
  const mine = replay.durables.map(({ durable, createdAt }) => [durable.name, createdAt] as const);
  const former = await done.findOne({ _id: replay.name });
  if (former && mine.every(([name, createdAt]) => former.durables?.[name] === createdAt)) return;
  await replayCold(replay);
  const mark = { $set: { coldReplayedAt: new Date(), durables: Object.fromEntries(mine) } };
  await done.updateOne({ _id: replay.name }, mark, { upsert: true });
}

/** Applies the whole archive, one event after the other; poison parks its aggregate. */
export async function replayCold<Doc extends ProjectedDocument>(
  replay: ColdReplay<Doc>,
): Promise<number> {
  const { definition, cold, catalogue, writer, poison, signal } = replay;
  const policy = {
    attempts: 20,
    firstDelayMs: 100,
    maxDelayMs: 5_000,
    isRetryable: (error: unknown) => !(error instanceof ProjectionFailure),
    signal,
  };
  let count = 0;
  for await (const raw of cold.all({ aggregates: definition.aggregates }, { signal })) {
    const ref = refOf(raw);
    if (poison.isParked(ref)) continue;
    try {
      await retry(policy, () => writer.apply(parseEvent(catalogue, { ref, raw }), { signal }));
      count += 1;
    } catch (error) {
      if (!(error instanceof ProjectionFailure)) throw error;
      await retry(policy, () => poison.park(error, { ref }));
    }
  }
  return count;
}
