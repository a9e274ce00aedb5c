import type { EventCatalogue, ProjectionDefinition } from '@trunkline/contracts';
import { retry } from '@trunkline/kernel';
import type { Mongo } from '../mongo/index.js';
import type { ColdHalf } from './cold-half.js';
import { ProjectionFailure } from './projection-failure.js';
import type { ProjectedDocument } from './projection.js';
import { parseEvent, refOf } from './projector-parse.js';
import type { Parking } from './projector-parking.js';
import type { ViewWriter } from './view-writer.js';

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
}

const STATE_COLLECTION = 'projector_state';

/** A new projection starts with the archive; one that has read it never does again. */
export async function replayColdOnce<Doc extends ProjectedDocument>(
  replay: ColdReplay<Doc> & { readonly mongo: Mongo; readonly name: string },
): Promise<void> {
  const done = replay.mongo.platformCollection<Replayed>(STATE_COLLECTION);
  if (await done.findOne({ _id: replay.name })) return;
  await replayCold(replay);
  const mark = { $set: { coldReplayedAt: new Date() } };
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
