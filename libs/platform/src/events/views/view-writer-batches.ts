import { Batcher } from '@trunkline/kernel';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import mongoose from 'mongoose';
import {
  DURABLY,
  guardOf,
  limited,
  MAJORITY_READ,
  type Swap,
  type ViewDocuments,
} from './view-writer-documents.js';
import type { StoredDocument } from './view-writer-fold.js';

const MAX_ITEMS = 128;
/** Two: one on its way while the other is being written. More would only make batches smaller. */
const MAX_RUNNING = 2;
const DUPLICATE_KEY = 11_000;

/**
 * The same reads and writes as ViewDocuments, those of one moment in one round trip. A majority
 * write waits for the journal; together they wait once.
 */
export class ViewBatches {
  readonly #collection: Collection<StoredDocument>;
  readonly #alone: ViewDocuments;
  readonly #reads = new Batcher<string, StoredDocument | undefined>({
    maxItems: MAX_ITEMS,
    maxRunning: MAX_RUNNING,
    run: (ids) => this.#readAll(ids),
  });
  readonly #swaps = new Batcher<Swap, boolean>({
    maxItems: MAX_ITEMS,
    maxRunning: MAX_RUNNING,
    run: (swaps) => this.#swapAll(swaps),
  });

  constructor(collection: Collection<StoredDocument>, alone: ViewDocuments) {
    this.#collection = collection;
    this.#alone = alone;
  }

  read(_id: string): Promise<StoredDocument | undefined> {
    return this.#reads.add(_id);
  }

  /** False: the document was not what was read, or it is not certain. Look again. */
  swap(swap: Swap): Promise<boolean> {
    return this.#swaps.add(swap);
  }

  async #readAll(
    ids: readonly string[],
  ): Promise<PromiseSettledResult<StoredDocument | undefined>[]> {
    const wanted = { _id: { $in: [...ids] } };
    const found = await limited(() =>
      this.#collection.find<StoredDocument>(wanted, MAJORITY_READ).toArray(),
    );
    const byId = new Map(found.map((doc) => [doc._id, doc]));
    return ids.map((id) => ({ status: 'fulfilled', value: byId.get(id) }));
  }

  async #swapAll(swaps: readonly Swap[]): Promise<PromiseSettledResult<boolean>[]> {
    if (swaps.length === 1) return this.#oneByOne(swaps);
    try {
      const result = await limited(() =>
        this.#collection.bulkWrite(swaps.map(operationOf), { ...DURABLY, ordered: false }),
      );
      return await this.#outcomes(swaps, { matchedCount: result.matchedCount, refused: new Map() });
    } catch (error) {
      const partial = partialOf(error);
      return partial ? this.#outcomes(swaps, partial) : this.#oneByOne(swaps);
    }
  }

  /**
   * MongoDB counts what matched but does not say which: if some did not, every replacement of
   * the batch counts as clashed, and its writer finds out when it looks again.
   */
  #outcomes(
    swaps: readonly Swap[],
    { matchedCount, refused }: Partial,
  ): Promise<PromiseSettledResult<boolean>[]> {
    const replaced = swaps.filter((swap, index) => swap.stored && !refused.has(index));
    const allMatched = matchedCount === replaced.length;
    return Promise.all(
      swaps.map(async (swap, index): Promise<PromiseSettledResult<boolean>> => {
        const code = refused.get(index);
        if (code === DUPLICATE_KEY) return { status: 'fulfilled', value: false };
        if (code !== undefined) return this.#single(swap);
        return { status: 'fulfilled', value: swap.stored === undefined || allMatched };
      }),
    );
  }

  /** Also the way to tell which of a batch MongoDB will never take. */
  #oneByOne(swaps: readonly Swap[]): Promise<PromiseSettledResult<boolean>[]> {
    return Promise.all(swaps.map((swap) => this.#single(swap)));
  }

  async #single(swap: Swap): Promise<PromiseSettledResult<boolean>> {
    const [result] = await Promise.allSettled([this.#alone.swap(swap)]);
    return result;
  }
}

interface Partial {
  readonly matchedCount: number;
  /** Error codes by the index of the operation. */
  readonly refused: ReadonlyMap<number, number>;
}

/** What of an unordered batch was refused; nothing when the batch as a whole failed. */
function partialOf(error: unknown): Partial | undefined {
  const { mongo } = mongoose;
  if (!(error instanceof mongo.MongoBulkWriteError)) return undefined;
  if (error.result.getWriteConcernError()) return undefined;
  const refused = error.result.getWriteErrors().map(({ index, code }) => [index, code] as const);
  return { matchedCount: error.matchedCount, refused: new Map(refused) };
}

function operationOf(swap: Swap): AnyBulkWriteOperation<StoredDocument> {
  const { stored, doc } = swap;
  if (!stored) return { insertOne: { document: doc } };
  const { _id, ...replacement } = doc;
  return { replaceOne: { filter: guardOf(stored), replacement } };
}
