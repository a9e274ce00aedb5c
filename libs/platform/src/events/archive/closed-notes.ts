import { EVENT_STREAM, eventFilter, parseEventSubject } from '@trunkline/contracts';
import type { AggregateRef, EventCatalogue } from '@trunkline/contracts';
import { DeliverPolicy, jetstream, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { Mongo } from '../../mongo/index.js';
import type { ColdIndex } from './cold-index.js';
import { aggregateKey } from './segment-format.js';

/** An aggregate that has ended, or one that is cold and got a later event. */
export interface ClosedNote extends AggregateRef {
  readonly _id: string;
  readonly lastSeq: number;
  readonly lastAtMs: number;
}

interface Checkpoint {
  readonly _id: string;
  readonly seq: number;
}

interface Seen {
  readonly ref: AggregateRef;
  readonly seq: number;
  readonly atMs: number;
  readonly isTerminal: boolean;
}

const NOTES = 'log_closed';
const CHECKPOINTS = 'log_checkpoints';
const CHECKPOINT_ID = 'closed-notes';
const BATCH_SIZE = 500;
const FETCH_WAIT_MS = 2_000;

/**
 * Finds what may be archived without reading the stream again each time: it goes on from its
 * own checkpoint and notes what ended. It is no durable, because it holds nothing back; a note
 * is only a hint and is checked against the subject before anything is moved.
 */
export class ClosedNotes {
  readonly #connection: NatsConnection;
  readonly #catalogue: EventCatalogue;
  readonly #mongo: Mongo;
  readonly #index: ColdIndex;
  readonly #notes: Collection<ClosedNote>;
  readonly #checkpoints: Collection<Checkpoint>;

  constructor(parts: {
    readonly connection: NatsConnection;
    readonly catalogue: EventCatalogue;
    readonly mongo: Mongo;
    readonly index: ColdIndex;
  }) {
    this.#connection = parts.connection;
    this.#catalogue = parts.catalogue;
    this.#mongo = parts.mongo;
    this.#index = parts.index;
    this.#notes = parts.mongo.platformCollection<ClosedNote>(NOTES);
    this.#checkpoints = parts.mongo.platformCollection<Checkpoint>(CHECKPOINTS);
  }

  async ensure(): Promise<void> {
    const indexes = [{ keys: { lastAtMs: 1, tenant: 1 } as const }];
    await this.#mongo.ensureCollection(NOTES, { indexes, platform: true });
  }

  /** Reads on to the end of the stream. */
  async catchUp(signal?: AbortSignal): Promise<void> {
    const filters = this.#closable().map((aggregate) => eventFilter({ aggregate }));
    if (filters.length === 0) return;
    const from = await this.#checkpoints.findOne({ _id: CHECKPOINT_ID });
    const consumer = await jetstream(this.#connection).consumers.get(EVENT_STREAM, {
      filter_subjects: filters,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: (from?.seq ?? 0) + 1,
    });
    let { num_pending: pending } = await consumer.info();
    while (pending > 0) {
      signal?.throwIfAborted();
      const batch: Seen[] = [];
      const asked = { max_messages: Math.min(BATCH_SIZE, pending), expires: FETCH_WAIT_MS };
      for await (const message of await consumer.fetch(asked)) {
        batch.push(this.#seen(message));
        pending = message.info.pending;
      }
      if (batch.length === 0) break;
      await this.#note(batch);
      await this.#advance(batch.at(-1)?.seq ?? 0);
    }
    await consumer.delete();
  }

  /** The oldest first, so that the events of a day come together. */
  before(lastAtMs: number): AsyncIterable<ClosedNote> {
    return this.#notes.find({ lastAtMs: { $lte: lastAtMs } }).sort({ lastAtMs: 1 });
  }

  /** Keeps a note that has seen a later event meanwhile. */
  async done(note: ClosedNote, archivedSeq: number): Promise<void> {
    await this.#notes.deleteOne({ _id: note._id, lastSeq: { $lte: archivedSeq } });
  }

  /** The subject says something newer than the note. */
  async touch(note: ClosedNote, last: { seq: number; atMs: number }): Promise<void> {
    const $max = { lastSeq: last.seq, lastAtMs: last.atMs };
    await this.#notes.updateOne({ _id: note._id }, { $max });
  }

  /** Only aggregates that can end are worth reading; the long-lived ones are skipped. */
  #closable(): string[] {
    return this.#catalogue.aggregates
      .filter(({ events }) => Object.values(events).some((event) => event.terminal))
      .map(({ name }) => name);
  }

  #seen(message: JsMsg): Seen {
    const ref = parseEventSubject(message.subject);
    return {
      ref,
      seq: message.seq,
      atMs: Number(BigInt(message.info.timestampNanos) / 1_000_000n),
      isTerminal: this.#catalogue.definitionOf(ref.aggregate, typeOf(message))?.terminal === true,
    };
  }

  async #note(batch: readonly Seen[]): Promise<void> {
    const ended = batch.filter(({ isTerminal }) => isTerminal);
    const later = batch.filter(({ isTerminal }) => !isTerminal);
    const cold = await this.#coldAmong(later);
    const writes = [
      ...ended.map((seen) => noteOf(seen, true)),
      ...later.map((seen) => noteOf(seen, cold.has(idOf(seen.ref)))),
    ];
    await this.#notes.bulkWrite(writes, { ordered: true });
  }

  async #coldAmong(batch: readonly Seen[]): Promise<Set<string>> {
    const byTenant = Map.groupBy(batch, ({ ref }) => ref.tenant);
    const cold = new Set<string>();
    for (const [tenant, seen] of byTenant) {
      const keys = seen.map(({ ref }) => aggregateKey(ref));
      for (const key of await this.#index.known(tenant, keys)) cold.add(`${tenant}/${key}`);
    }
    return cold;
  }

  async #advance(seq: number): Promise<void> {
    await this.#checkpoints.updateOne({ _id: CHECKPOINT_ID }, { $max: { seq } }, { upsert: true });
  }
}

/** Empty for what is no event: it ends nothing. */
function typeOf(message: JsMsg): string {
  try {
    return String(message.json<{ type?: unknown }>()?.type);
  } catch {
    return '';
  }
}

function idOf(ref: AggregateRef): string {
  return `${ref.tenant}/${aggregateKey(ref)}`;
}

/** Without `upsert` it only moves a note that is there: the aggregate had ended before. */
function noteOf({ ref, seq, atMs }: Seen, upsert: boolean): AnyBulkWriteOperation<ClosedNote> {
  const update = { $setOnInsert: { ...ref }, $max: { lastSeq: seq, lastAtMs: atMs } };
  return { updateOne: { filter: { _id: idOf(ref) }, update, upsert } };
}
