import type { AggregateRef, Envelope } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import { ColdHalf, type ColdFilter, type ColdReadOptions } from '../store/cold-half.js';
import type { ColdIndex, IndexedSegment } from './cold-index.js';
import type { SegmentFiles } from './segment-files.js';
import type { ColdEvent } from './segment-format.js';

const READ_ATTEMPTS = 4;

/** The cold half in the object store, found through `log_cold`. Nothing is cached: what has
 * been forgotten must not live on in a process. */
export class ColdStore extends ColdHalf {
  readonly #index: ColdIndex;
  readonly #files: SegmentFiles;

  constructor(index: ColdIndex, files: SegmentFiles) {
    super();
    this.#index = index;
    this.#files = files;
  }

  async read(ref: AggregateRef, options: ColdReadOptions = {}): Promise<readonly Envelope[]> {
    const byVersion = new Map<number, Envelope>();
    for (const segment of await this.#index.segmentsOf(ref)) {
      options.signal?.throwIfAborted();
      for (const { event } of await this.#readCurrent(segment)) {
        if (event.aggregate === ref.aggregate && event.id === ref.id) byVersion.set(event.v, event);
      }
    }
    return [...byVersion.values()].toSorted((one, other) => one.v - other.v);
  }

  async *all(filter: ColdFilter = {}, options: ColdReadOptions = {}): AsyncIterable<Envelope> {
    for (const id of await this.#index.segmentIds(filter)) {
      options.signal?.throwIfAborted();
      const segment = await this.#index.segment(id);
      if (!segment) continue;
      for (const { event } of await this.#readCurrent(segment)) {
        if (passes(filter, event)) yield event;
      }
    }
  }

  /** A rewrite deletes the former generation while it is being read: look it up again. */
  async #readCurrent(segment: IndexedSegment): Promise<ColdEvent[]> {
    let current = segment;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#files.read(current);
      } catch (error) {
        const isGone = isAppError(error) && error.code === 'object.missing';
        if (!isGone || attempt >= READ_ATTEMPTS) throw error;
        current = (await this.#index.segment(segment._id)) ?? current;
      }
    }
  }
}

function passes(filter: ColdFilter, event: Envelope): boolean {
  if (filter.tenant !== undefined && event.tenant !== filter.tenant) return false;
  if (filter.id !== undefined && event.id !== filter.id) return false;
  return filter.aggregates === undefined || filter.aggregates.includes(event.aggregate);
}
