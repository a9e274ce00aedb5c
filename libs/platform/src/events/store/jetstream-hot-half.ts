import { EVENT_STREAM } from '@trunkline/contracts';
import { AppError, withDeadline } from '@trunkline/kernel';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  HotHalf,
  type LeaderReadOptions,
  type PublishAttempt,
  type PublishReply,
  type ReadOptions,
  type StoredMessage,
} from './hot-half.js';
import { LinkWatch } from './link-watch.js';
import { PublishInbox } from './publish-inbox.js';
import { failureOf, replyOf } from './publish-reply.js';
import { hasBatches, readBatches } from './subject-batches.js';

const READ_LIMIT_MS = 5_000;
const REREADS = 100;

/** The client's types know the first form for direct reads only; the server takes both. */
type Query =
  | { readonly next_by_subj: string; readonly seq: number }
  | { readonly last_by_subj: string };

export class JetStreamHotHalf extends HotHalf {
  readonly #connection: NatsConnection;
  readonly #inbox: PublishInbox;
  readonly #link: LinkWatch;
  readonly #manager: Promise<JetStreamManager>;

  constructor(connection: NatsConnection) {
    super();
    this.#connection = connection;
    this.#inbox = new PublishInbox(connection);
    this.#link = new LinkWatch(connection, {
      lost: (reason) => this.#inbox.failAll(reason),
      refused: (error) => this.#inbox.refuse(error),
    });
    this.#manager = jetstreamManager(connection, { checkAPI: false });
  }

  get reachable(): boolean {
    return this.#link.up;
  }

  get closed(): boolean {
    return this.#link.closed;
  }

  async publish(attempt: PublishAttempt): Promise<PublishReply> {
    if (!this.#link.up) return { kind: 'unreachable', cause: new Error('not connected') };
    const { subject, payload, timeoutMs } = attempt;
    const headers = {
      'Nats-Msg-Id': [attempt.messageId],
      'Nats-Expected-Last-Subject-Sequence': [String(attempt.expectedSeq)],
    };
    try {
      const answer = await this.#inbox.ask({ subject, payload, headers, timeoutMs });
      return replyOf(answer.json());
    } catch (error) {
      return failureOf(error);
    }
  }

  next(
    subject: string,
    afterSeq: number,
    options: LeaderReadOptions,
  ): Promise<StoredMessage | undefined> {
    return this.#fromLeader({ next_by_subj: subject, seq: afterSeq + 1 }, options.timeoutMs);
  }

  async lastSeq(subject: string, options: LeaderReadOptions): Promise<number> {
    const last = await this.#fromLeader({ last_by_subj: subject }, options.timeoutMs);
    return last?.seq ?? 0;
  }

  async readAll(subject: string, options: ReadOptions): Promise<readonly StoredMessage[]> {
    if (options.fromLeader || !hasBatches(this.#connection)) {
      return this.#readOneByOne(subject, options);
    }
    const read = await this.#reading(READ_LIMIT_MS, options.signal, async (signal) =>
      readBatches(await this.#manager, subject, signal),
    );
    return read ?? this.#readOneByOne(subject, options);
  }

  /**
   * Archiver and eraser take events away from the first one on. If the first is still there
   * after the last was read, nothing has gone in between; else it is read again.
   */
  async #readOneByOne(subject: string, options: ReadOptions): Promise<readonly StoredMessage[]> {
    for (let attempt = 1; attempt <= REREADS; attempt += 1) {
      const messages = await this.#readOnce(subject, options);
      const first = messages[0];
      if (!first) return messages;
      const stillFirst = await this.next(subject, 0, { timeoutMs: READ_LIMIT_MS });
      if (stillFirst?.seq === first.seq) return messages;
    }
    throw new AppError('log.unavailable', { retryable: true });
  }

  async #readOnce(subject: string, options: ReadOptions): Promise<readonly StoredMessage[]> {
    const messages: StoredMessage[] = [];
    for (;;) {
      options.signal?.throwIfAborted();
      const afterSeq = messages.at(-1)?.seq ?? 0;
      const message = await this.next(subject, afterSeq, { timeoutMs: READ_LIMIT_MS });
      if (!message) return messages;
      messages.push(message);
    }
  }

  #fromLeader(query: Query, limitMs: number): Promise<StoredMessage | undefined> {
    return this.#reading(limitMs, undefined, async () => {
      const manager = await this.#manager;
      const found = await manager.streams.getMessage(EVENT_STREAM, query);
      return found ? { seq: found.seq, data: found.data } : undefined;
    });
  }

  /** Bounds a read by time, by the caller, and by the life of the connection. */
  async #reading<T>(
    limitMs: number,
    signal: AbortSignal | undefined,
    read: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (!this.#link.up) throw new AppError('log.unavailable', { retryable: true });
    const { lost } = this.#link;
    const either = signal ? AbortSignal.any([signal, lost]) : lost;
    try {
      return await withDeadline({ limitMs, code: 'log.unavailable', signal: either }, read);
    } catch (error) {
      signal?.throwIfAborted();
      throw new AppError('log.unavailable', { retryable: true, cause: error });
    }
  }
}
