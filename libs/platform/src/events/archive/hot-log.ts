import {
  DEAD_LETTER_STREAM,
  EVENT_STREAM,
  deadLettersAbout,
  envelope,
  eventSubject,
  type AggregateRef,
} from '@trunkline/contracts';
import { AppError, withDeadline } from '@trunkline/kernel';
import { JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { hasBatches, readBatches, type DatedMessage } from '../store/subject-batches.js';
import type { ColdEvent } from './segment-format.js';

const CALL_LIMIT_MS = 10_000;
const RECORD_BYTES = 230;
/** What the server answers for a message that is gone already: purged, deleted, never there. */
const GONE_CODES = [10037, 10043, 10057];

/** The client's types know the first form for direct reads only; the leader takes both. */
type Query = { readonly next_by_subj: string; readonly seq: number } | { last_by_subj: string };

export interface HotEvent extends ColdEvent {
  /** When the server stored it. The clocks of the services don't count. */
  readonly storedAtMs: number;
  readonly bytes: number;
}

export interface DurablePosition {
  readonly name: string;
  /** Everything up to here is processed. */
  readonly seq: number;
}

/**
 * The stream as the archiver and the eraser see it, always from its leader. They alone may
 * purge and delete.
 */
export class HotLog {
  readonly #connection: NatsConnection;
  readonly #jsm: JetStreamManager;

  private constructor(connection: NatsConnection, jsm: JetStreamManager) {
    this.#connection = connection;
    this.#jsm = jsm;
  }

  static async open(connection: NatsConnection): Promise<HotLog> {
    return new HotLog(connection, await jetstreamManager(connection, { checkAPI: false }));
  }

  /** `undefined` when one of them is no event at all: such an aggregate is left alone. */
  async events(ref: AggregateRef): Promise<HotEvent[] | undefined> {
    const subject = eventSubject(ref);
    const messages = (await this.#inBatches(subject)) ?? (await this.#oneByOne(subject));
    const events: HotEvent[] = [];
    for (const { seq, data, storedAtMs } of messages) {
      const parsed = envelope.safeParse(jsonOf(data));
      if (!parsed.success) return undefined;
      events.push({ seq, event: parsed.data, storedAtMs, bytes: recordBytes(subject, data) });
    }
    return events;
  }

  /** From any replica, which counts only if it has come as far as the leader. */
  async #inBatches(subject: string): Promise<readonly DatedMessage[] | undefined> {
    if (!hasBatches(this.#connection)) return undefined;
    const messages = await this.#call((signal) => readBatches(this.#jsm, subject, signal));
    const last = await this.#find(EVENT_STREAM, { last_by_subj: subject });
    return messages?.at(-1)?.seq === last?.seq ? messages : undefined;
  }

  async #oneByOne(subject: string): Promise<DatedMessage[]> {
    const messages: DatedMessage[] = [];
    for (;;) {
      const found = await this.#next(EVENT_STREAM, subject, (messages.at(-1)?.seq ?? 0) + 1);
      if (!found) return messages;
      messages.push({ seq: found.seq, data: found.data, storedAtMs: found.time.getTime() });
    }
  }

  async lastSeq(): Promise<number> {
    const info = await this.#call(() => this.#jsm.streams.info(EVENT_STREAM));
    return info.state.last_seq;
  }

  async purgeUpTo(ref: AggregateRef, lastSeq: number): Promise<void> {
    const what = { filter: eventSubject(ref), seq: lastSeq + 1 };
    await this.#call(() => this.#jsm.streams.purge(EVENT_STREAM, what));
  }

  /** Overwrites the bytes; a purge or a plain delete would leave them on the disk. */
  async eraseEvent(seq: number): Promise<void> {
    await this.#erase(EVENT_STREAM, seq);
  }

  /** Overwrites every dead letter about the aggregate; answers how many there were. */
  async eraseDeadLetters(ref: AggregateRef): Promise<number> {
    const subject = deadLettersAbout(ref);
    let count = 0;
    let seq = 1;
    for (;;) {
      const found = await this.#next(DEAD_LETTER_STREAM, subject, seq);
      if (!found) return count;
      await this.#erase(DEAD_LETTER_STREAM, found.seq);
      seq = found.seq + 1;
      count += 1;
    }
  }

  /**
   * How far each durable has come. One with nothing to do stands at the end of the stream as
   * it was before we asked: what arrives meanwhile is not counted as done.
   */
  async durablePositions(): Promise<DurablePosition[]> {
    const endSeq = await this.lastSeq();
    return this.#call(async () => {
      const positions: DurablePosition[] = [];
      for await (const info of this.#jsm.consumers.list(EVENT_STREAM)) {
        const name = info.config.durable_name;
        if (!name) continue;
        const isIdle = info.num_pending === 0 && info.num_ack_pending === 0;
        positions.push({ name, seq: isIdle ? endSeq : info.ack_floor.stream_seq });
      }
      return positions;
    });
  }

  #next(stream: string, subject: string, seq: number) {
    return this.#find(stream, { seq, next_by_subj: subject });
  }

  async #find(stream: string, query: Query) {
    try {
      return await this.#call(() => this.#jsm.streams.getMessage(stream, query));
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  async #erase(stream: string, seq: number): Promise<void> {
    try {
      await this.#call(() => this.#jsm.streams.deleteMessage(stream, seq, true));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #call<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await withDeadline({ limitMs: CALL_LIMIT_MS, code: 'log.unavailable' }, work);
    } catch (error) {
      if (error instanceof JetStreamApiError && isGone(error)) throw error;
      throw new AppError('log.unavailable', { retryable: true, cause: error });
    }
  }
}

/** About what a record takes on the server's disk, with its headers. */
export function recordBytes(subject: string, data: Uint8Array): number {
  return subject.length + data.length + RECORD_BYTES;
}

function isGone(error: unknown): boolean {
  return error instanceof JetStreamApiError && GONE_CODES.includes(error.code);
}

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
