import {
  eventSubject,
  type AggregateRef,
  type Envelope,
  type EventCatalogue,
} from '@trunkline/contracts';
import { AppError, sleep, systemClock, type Clock } from '@trunkline/kernel';
import { newId } from '../../ids.js';
import type { ColdHalf } from './cold-half.js';
import { eventCatalogue } from './event-catalogue.js';
import {
  EventStore,
  type Append,
  type AppendResult,
  type History,
  type LoadOptions,
} from './event-store.js';
import type { HotHalf, ReadOptions, StoredMessage } from './hot-half.js';
import { isWhole, mergeHalves } from './merge-halves.js';
import { messageIdOf } from './message-id.js';
import { settleAppend, type SettleLimits } from './settle-append.js';

export interface EventStoreOptions {
  /** The platform's own unless told. */
  readonly catalogue?: EventCatalogue;
  /** Without it an aggregate whose beginning was archived cannot be loaded. */
  readonly cold?: ColdHalf | undefined;
  /** Told of each event as it is sent, with a promise that settles when its fate is known. */
  readonly onSend?: (eventId: string, append: Promise<unknown>) => void;
  readonly clock?: Clock;
  readonly limits?: Partial<AppendLimits>;
}

export interface AppendLimits extends SettleLimits {
  /** From the load on: after it nothing is sent and nothing is settled any more. */
  readonly settleWithinMs: number;
}

const usualLimits: AppendLimits = {
  ackTimeoutMs: 5_000,
  unreachableMs: 2_000,
  settleWithinMs: 60_000,
};
const REACHABLE_POLL_MS = 25;
const utf8 = new TextDecoder();

interface Halves {
  readonly events: readonly Envelope[];
  readonly hotSeq: number;
}

/** The rules of the log over any stream that can keep them. */
export class LogEventStore extends EventStore {
  readonly #hot: HotHalf;
  readonly #catalogue: EventCatalogue;
  readonly #cold: ColdHalf | undefined;
  readonly #onSend: EventStoreOptions['onSend'];
  readonly #clock: Clock;
  readonly #limits: AppendLimits;

  constructor(hot: HotHalf, options: EventStoreOptions = {}) {
    super();
    this.#hot = hot;
    this.#catalogue = options.catalogue ?? eventCatalogue;
    this.#cold = options.cold;
    this.#onSend = options.onSend;
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...usualLimits, ...options.limits };
  }

  async load(ref: AggregateRef, options: LoadOptions = {}): Promise<History> {
    const subject = subjectOf(ref);
    const { signal, fromLeader = false } = options;
    const loadedAtMs = this.#clock.nowMs();
    await this.#untilReachable(signal);
    let halves = await this.#readHalves(ref, subject, { fromLeader, signal });
    if (!isWhole(halves.events)) {
      // The archiver may have moved the aggregate while it was being read.
      halves = await this.#readHalves(ref, subject, { fromLeader: true, signal });
    }
    if (!isWhole(halves.events)) {
      throw new AppError('log.incomplete', { details: { aggregate: ref.aggregate, id: ref.id } });
    }
    const v = halves.events.at(-1)?.v ?? 0;
    return { events: halves.events, position: { v, hotSeq: halves.hotSeq }, loadedAtMs };
  }

  async append(append: Append): Promise<AppendResult> {
    append.signal?.throwIfAborted();
    const nowMs = this.#clock.nowMs();
    const endsAtMs = (append.loadedAtMs ?? nowMs) + this.#limits.settleWithinMs;
    const event = this.#envelope(append, nowMs);
    // Too old to be sent: an archiver may have moved the aggregate since it was loaded.
    if (nowMs >= endsAtMs) return { outcome: 'conflict' };
    const settling = settleAppend(this.#hot, {
      attempt: {
        subject: subjectOf(event),
        payload: Buffer.from(JSON.stringify(event)),
        messageId: messageIdOf(event),
        expectedSeq: append.after.hotSeq,
      },
      isOurs: (data) => idOf(data) === event.eventId,
      endsAtMs,
      limits: this.#limits,
      clock: this.#clock,
      signal: append.signal,
    });
    this.#onSend?.(event.eventId, settling);
    const settled = await settling;
    if (settled.outcome === 'conflict') return settled;
    return { outcome: 'appended', event, position: { v: event.v, hotSeq: settled.seq } };
  }

  #envelope(append: Append, nowMs: number): Envelope {
    const { ref, event } = append;
    const parsed = this.#catalogue.parseNew({
      eventId: event.eventId ?? newId(),
      tenant: ref.tenant,
      aggregate: ref.aggregate,
      id: ref.id,
      v: append.after.v + 1,
      type: event.type,
      schema: this.#catalogue.definitionOf(ref.aggregate, event.type)?.schema ?? 1,
      occurredAt: new Date(event.occurredAtMs ?? nowMs).toISOString(),
      actor: event.actor,
      causationId: event.causationId,
      correlationId: event.correlationId,
      data: event.data,
    });
    if (parsed.ok) return parsed.event;
    throw new AppError('log.invalid-event', { details: { reason: parsed.reason } });
  }

  /** Hot first: cold first would lose an aggregate that moves in between. */
  async #readHalves(ref: AggregateRef, subject: string, options: ReadOptions): Promise<Halves> {
    const messages = await this.#hot.readAll(subject, options);
    const hot = messages.map((message) => this.#parse(decode(message), ref));
    const hotSeq = messages.at(-1)?.seq ?? 0;
    const startsHot = hot[0]?.v === 1 && isWhole(hot);
    if (startsHot || !this.#cold) return { events: mergeHalves([], hot), hotSeq };
    const stored = await this.#cold.read(ref, { signal: options.signal });
    const cold = stored.map((event) => this.#parse(event, ref));
    return { events: mergeHalves(cold, hot), hotSeq };
  }

  #parse(raw: unknown, ref: AggregateRef): Envelope {
    const parsed = this.#catalogue.parse(raw);
    if (!parsed.ok) {
      throw new AppError('log.invalid-event', { details: { reason: parsed.reason } });
    }
    const { event } = parsed;
    if (event.tenant === ref.tenant && event.aggregate === ref.aggregate && event.id === ref.id) {
      return event;
    }
    const reason = `an event of another aggregate on the subject of ${ref.aggregate} ${ref.id}`;
    throw new AppError('log.invalid-event', { details: { reason } });
  }

  async #untilReachable(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const endsAtMs = performance.now() + this.#limits.unreachableMs;
    while (!this.#hot.reachable) {
      if (this.#hot.closed || performance.now() >= endsAtMs) {
        throw new AppError('log.unavailable', { retryable: true });
      }
      await sleep(REACHABLE_POLL_MS, signal);
    }
  }
}

function subjectOf(ref: AggregateRef): string {
  try {
    return eventSubject(ref);
  } catch (error) {
    throw new AppError('request.invalid', { cause: error, details: { field: 'id' } });
  }
}

function decode(message: StoredMessage): unknown {
  try {
    return JSON.parse(utf8.decode(message.data));
  } catch (error) {
    const details = { reason: `message ${message.seq} is not JSON` };
    throw new AppError('log.invalid-event', { cause: error, details });
  }
}

function idOf(data: Uint8Array): unknown {
  const stored = decode({ seq: 0, data });
  return typeof stored === 'object' && stored && 'eventId' in stored ? stored.eventId : undefined;
}
