import { projectionName, type AggregateRef, type Envelope } from '@trunkline/contracts';
import { AppError, sleep } from '@trunkline/kernel';
import type { Mongo } from '../../mongo/index.js';
import type { EventStore } from '../store/event-store.js';
import { ProjectionFailure } from '../projector/projection-failure.js';
import type { ProjectedDocument, Projection } from './projection.js';
import { forgetPrevious } from './previous-documents.js';
import { ViewBatches } from './view-writer-batches.js';
import { ViewDocuments } from './view-writer-documents.js';
import { documentIdOf, foldEvents, sourceOf, type StoredDocument } from './view-writer-fold.js';
import { missingVersions, type GapReader } from './view-writer-gaps.js';

export type Applied = 'written' | 'duplicate' | 'not-for-this-view';

/** Places where a test may stop a projector dead. */
export type Failpoint = (
  at: 'before-write' | 'after-write' | 'before-ack',
  event: AggregateRef,
) => Promise<void>;

export interface ViewWriterOptions<Doc extends ProjectedDocument> {
  readonly projection: Projection<Doc>;
  readonly mongo: Pick<Mongo, 'platformCollection'>;
  readonly store: Pick<EventStore, 'load'>;
  /** Another collection than the projection's own: a side collection of a rebuild. */
  readonly collection?: string;
  readonly failpoint?: Failpoint | undefined;
  /** For a follower: most of what it brings is there already, and a look costs no journal. */
  readonly looksFirst?: boolean;
}

export interface ApplyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Who hands over missing versions; the event store when left out. */
  readonly onGap?: GapReader;
}

const MAX_CLASHING_WRITES = 50;

/**
 * Writes one view. The version of the source aggregate in the document decides what an event
 * means, and every write is one compare-and-set on all the versions that were read: any number
 * of writers may apply the same events in any order.
 */
export class ViewWriter<Doc extends ProjectedDocument> {
  readonly #options: ViewWriterOptions<Doc>;
  readonly projection: Projection<Doc>;
  readonly documents: ViewDocuments;
  readonly #batches: ViewBatches;

  constructor(options: ViewWriterOptions<Doc>) {
    this.#options = options;
    this.projection = options.projection;
    const name = options.collection ?? projectionName(options.projection.definition);
    const collection = options.mongo.platformCollection<StoredDocument>(name);
    this.documents = new ViewDocuments(collection);
    this.#batches = new ViewBatches(collection, this.documents);
  }

  /** Removes documents from what a rebuild has kept of the time before it. */
  async forgetPrevious(ids: readonly string[]): Promise<void> {
    const { mongo, collection, projection } = this.#options;
    await forgetPrevious(mongo, collection ?? projectionName(projection.definition), ids);
  }

  /** Rejects with ProjectionFailure for poison, with anything else for a fault of the world. */
  async apply(event: Envelope, options: ApplyOptions = {}): Promise<Applied> {
    const _id = documentIdOf(this.projection, event);
    if (_id === undefined) return 'not-for-this-view';
    if (this.projection.perEvent) return this.#insertOnce(_id, event);
    for (let attempt = 1; attempt <= MAX_CLASHING_WRITES; attempt += 1) {
      // Whoever made the first event mostly meets no document and spares the look before the insert.
      const isBlind = attempt === 1 && event.v === 1 && !this.#options.looksFirst;
      const stored = isBlind ? undefined : await this.#batches.read(_id);
      const applied = await this.#tryOnce({ _id, stored }, event, options);
      if (applied) return applied;
      await sleep(Math.min(attempt, 10), options.signal);
    }
    throw new AppError('store.unavailable', { retryable: true });
  }

  /** Nothing: somebody else wrote the document in between. */
  async #tryOnce(
    from: { readonly _id: string; readonly stored: StoredDocument | undefined },
    event: Envelope,
    options: ApplyOptions,
  ): Promise<Applied | undefined> {
    const { _id, stored } = from;
    const at = stored?.v[event.aggregate] ?? 0;
    if (stored) assertSameSource(stored, event);
    if (event.v <= at) return 'duplicate';
    const events = event.v === at + 1 ? [event] : await this.#missing(event, at, options);
    return (await this.#write(stored, { _id, events })) ? 'written' : undefined;
  }

  /** The event and all versions between the document's and it. */
  async #missing(event: Envelope, at: number, options: ApplyOptions): Promise<Envelope[]> {
    const { store } = this.#options;
    return missingVersions(event, {
      after: at,
      read: options.onGap ?? (async (ref, how) => (await store.load(ref, how)).events),
      signal: options.signal,
    });
  }

  /** False: somebody else wrote in between. What can be projected is written before it fails. */
  async #write(
    stored: StoredDocument | undefined,
    next: { readonly _id: string; readonly events: readonly Envelope[] },
  ): Promise<boolean> {
    const from = { _id: next._id, stored };
    const { doc, failure } = foldEvents(this.projection, from, next.events);
    const last = next.events.at(-1) as Envelope;
    if (doc !== undefined && doc !== stored) {
      await this.#options.failpoint?.('before-write', last);
      const isWritten = await this.#batches.swap({ stored, doc, event: last });
      if (!isWritten) return false;
      await this.#options.failpoint?.('after-write', last);
    }
    if (failure) throw failure;
    return true;
  }

  async #insertOnce(_id: string, event: Envelope): Promise<Applied> {
    const { aggregate, id, v } = event;
    const { doc, failure } = foldEvents(this.projection, { _id, stored: undefined }, [event]);
    if (failure) throw failure;
    if (!doc || doc.absent) return 'not-for-this-view';
    await this.#options.failpoint?.('before-write', event);
    const isNew = await this.#batches.swap({
      stored: undefined,
      doc: { ...doc, source: { aggregate, id, v } },
      event,
    });
    await this.#options.failpoint?.('after-write', event);
    if (isNew) return 'written';
    const there = await this.#batches.read(_id);
    // Not there yet for majority reads: the other write is still on its way.
    if (!there) throw new AppError('store.unavailable', { retryable: true });
    if (there.first[aggregate] === event.eventId) return 'duplicate';
    throw new ProjectionFailure(event, 'another event has this document id');
  }
}

function assertSameSource(stored: StoredDocument, event: Envelope): void {
  const { aggregate } = event;
  const source = stored.refs[aggregate];
  const isOther = source !== undefined && source !== sourceOf(event);
  const isOtherFirst =
    event.v === 1 && (stored.first[aggregate] ?? event.eventId) !== event.eventId;
  if (isOther || isOtherFirst) {
    throw new ProjectionFailure(event, `another ${aggregate} has this document id`);
  }
}
