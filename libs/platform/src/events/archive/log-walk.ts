import { EVENT_STREAM, EVENT_SUBJECTS, envelope, parseEventSubject } from '@trunkline/contracts';
import type { AggregateRef, Envelope } from '@trunkline/contracts';
import { DeliverPolicy, jetstream, type Consumer, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Collection } from 'mongodb';
import type { Mongo } from '../../mongo/index.js';
import { recordBytes } from './hot-log.js';

export interface WalkedEvent {
  readonly ref: AggregateRef;
  readonly seq: number;
  /** When the server stored it. */
  readonly atMs: number;
  /** On the server's disk, about. */
  readonly bytes: number;
  /** `undefined` for what is no event. */
  readonly event: Envelope | undefined;
}

export type Observe = (batch: readonly WalkedEvent[]) => Promise<void>;

interface Checkpoint {
  readonly _id: string;
  readonly seq: number;
}

const CHECKPOINTS = 'log_checkpoints';
const CHECKPOINT_ID = 'archiver';
const BATCH_SIZE = 500;
const FETCH_WAIT_MS = 2_000;

/**
 * Reads each event once, from a checkpoint of its own. It is no durable, because it holds
 * nothing back: what it finds are hints that are checked against the subject before anything
 * is moved or rewritten.
 */
export class LogWalk {
  readonly #connection: NatsConnection;
  readonly #checkpoints: Collection<Checkpoint>;

  constructor(connection: NatsConnection, mongo: Mongo) {
    this.#connection = connection;
    this.#checkpoints = mongo.platformCollection<Checkpoint>(CHECKPOINTS);
  }

  /** Goes on to the end of the stream; a batch counts once every observer has noted it. */
  async catchUp(observers: readonly Observe[], signal?: AbortSignal): Promise<void> {
    const from = await this.#checkpoints.findOne({ _id: CHECKPOINT_ID });
    const consumer = await jetstream(this.#connection).consumers.get(EVENT_STREAM, {
      filter_subjects: EVENT_SUBJECTS,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: (from?.seq ?? 0) + 1,
    });
    let pending = (await consumer.info()).num_pending;
    while (pending > 0) {
      signal?.throwIfAborted();
      const batch = await fetchBatch(consumer, pending);
      const last = batch.at(-1);
      if (!last) break;
      const walked = batch.map(walkedEvent);
      for (const observe of observers) await observe(walked);
      const $max = { seq: last.seq };
      await this.#checkpoints.updateOne({ _id: CHECKPOINT_ID }, { $max }, { upsert: true });
      pending = last.info.pending;
    }
    await consumer.delete();
  }
}

async function fetchBatch(consumer: Consumer, pending: number): Promise<JsMsg[]> {
  const batch: JsMsg[] = [];
  const asked = { max_messages: Math.min(BATCH_SIZE, pending), expires: FETCH_WAIT_MS };
  for await (const message of await consumer.fetch(asked)) batch.push(message);
  return batch;
}

function walkedEvent(message: JsMsg): WalkedEvent {
  return {
    ref: parseEventSubject(message.subject),
    seq: message.seq,
    bytes: recordBytes(message.subject, message.data),
    atMs: Number(message.timestampNanos / 1_000_000n),
    event: eventOf(message),
  };
}

function eventOf(message: JsMsg): Envelope | undefined {
  try {
    return envelope.safeParse(message.json()).data;
  } catch {
    return undefined;
  }
}
