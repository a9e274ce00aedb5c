import type { AggregateRef, EventCatalogue } from '@trunkline/contracts';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { Mongo } from '../../mongo/index.js';
import type { ColdIndex } from './cold-index.js';
import type { WalkedEvent } from './log-walk.js';
import { aggregateKey, refKey } from './segment-format.js';

/** An aggregate that has ended, or one that is cold and got a later event. */
export interface ClosedNote extends AggregateRef {
  readonly _id: string;
  readonly lastSeq: number;
  readonly lastAtMs: number;
}

const NOTES = 'log_closed';

/** What may be archived, noted while the log is walked. */
export class ClosedNotes {
  readonly #catalogue: EventCatalogue;
  readonly #mongo: Mongo;
  readonly #index: ColdIndex;
  readonly #notes: Collection<ClosedNote>;

  constructor(parts: {
    readonly catalogue: EventCatalogue;
    readonly mongo: Mongo;
    readonly index: ColdIndex;
  }) {
    this.#catalogue = parts.catalogue;
    this.#mongo = parts.mongo;
    this.#index = parts.index;
    this.#notes = parts.mongo.platformCollection<ClosedNote>(NOTES);
  }

  async ensure(): Promise<void> {
    const indexes = [{ keys: { lastAtMs: 1, tenant: 1 } as const }];
    await this.#mongo.ensureCollection(NOTES, { indexes, platform: true });
  }

  /** A later event only moves a note that is there, unless its aggregate is cold already. */
  async observe(batch: readonly WalkedEvent[]): Promise<void> {
    const later = batch.filter((walked) => !this.#isTerminal(walked));
    const cold = await this.#coldAmong(later);
    const writes = batch.map((walked) =>
      noteOf(walked, this.#isTerminal(walked) || cold.has(refKey(walked.ref))),
    );
    await this.#notes.bulkWrite(writes, { ordered: true });
  }

  /** The oldest first, so that the events of a day come together. */
  before(lastAtMs: number): AsyncIterable<ClosedNote> {
    return this.#notes.find({ lastAtMs: { $lte: lastAtMs } }).sort({ lastAtMs: 1 });
  }

  /** Keeps a note that has seen a later event meanwhile. */
  async done(
    archived: readonly { readonly note: ClosedNote; readonly lastSeq: number }[],
  ): Promise<void> {
    if (archived.length === 0) return;
    const deletes = archived.map(({ note, lastSeq }) => ({
      deleteOne: { filter: { _id: note._id, lastSeq: { $lte: lastSeq } } },
    }));
    await this.#notes.bulkWrite(deletes, { ordered: false });
  }

  /** The subject says something newer than the note. */
  async touch(note: ClosedNote, last: { seq: number; atMs: number }): Promise<void> {
    const $max = { lastSeq: last.seq, lastAtMs: last.atMs };
    await this.#notes.updateOne({ _id: note._id }, { $max });
  }

  #isTerminal({ event }: WalkedEvent): boolean {
    if (!event) return false;
    return this.#catalogue.definitionOf(event.aggregate, event.type)?.terminal === true;
  }

  async #coldAmong(batch: readonly WalkedEvent[]): Promise<Set<string>> {
    const cold = new Set<string>();
    for (const [tenant, walked] of Map.groupBy(batch, ({ ref }) => ref.tenant)) {
      const keys = walked.map(({ ref }) => aggregateKey(ref));
      for (const key of await this.#index.known(tenant, keys)) cold.add(`${tenant}/${key}`);
    }
    return cold;
  }
}

function noteOf(
  { ref, seq, atMs }: WalkedEvent,
  upsert: boolean,
): AnyBulkWriteOperation<ClosedNote> {
  const update = { $setOnInsert: { ...ref }, $max: { lastSeq: seq, lastAtMs: atMs } };
  return { updateOne: { filter: { _id: refKey(ref) }, update, upsert } };
}
