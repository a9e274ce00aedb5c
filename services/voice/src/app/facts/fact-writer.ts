import type { CallFact, Envelope } from '@trunkline/contracts';
import {
  abortable,
  backoffMs,
  deferred,
  isAppError,
  sleep,
  type Deferred,
} from '@trunkline/kernel';
import { newEvent, newId, type EventStore, type Logger, type Position } from '@trunkline/platform';
import type { CallFactWriter, CallHead } from '../ports/index.js';
import type { FactJournal, FactRecord, KeptFact } from './fact-journal.js';

export interface FactWriterParts {
  readonly store: EventStore;
  readonly journal: FactJournal;
  readonly logger: Logger;
  /** How long an append may take before its fact goes to the disk as well. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly onFull: () => void;
  /** Those with something to say. */
  readonly busy: Set<FactWriter>;
}

interface Waiting {
  readonly record: FactRecord;
  /** In the log or on the disk. */
  readonly safe: Deferred<void>;
  kept: KeptFact | undefined;
}

/** A pod that was taken for dead and its sweeper may both say so. */
const once: ReadonlySet<string> = new Set(['call.ended', 'call.recording-stored', 'call.erased']);
const again = { attempts: Infinity, firstDelayMs: 50, maxDelayMs: 2000, jitter: 0.5 };

/**
 * One call's facts, each sent when the one before is acknowledged. A log that does not answer in
 * time is one that may be away: from then on every fact goes to the disk first, until all are sent.
 */
export class FactWriter implements CallFactWriter {
  readonly #parts: FactWriterParts;
  readonly #head: CallHead;
  readonly #waiting: Waiting[] = [];
  #position: Position;
  #running: Promise<void> | undefined;
  #patience: NodeJS.Timeout | undefined;
  #isJournalling = false;
  /** Of those that are told once: the first stands. */
  #told: ReadonlySet<string>;
  /** Whether the first that waits is in the log is not known. */
  #isUnsure = false;
  #known: ReadonlySet<string>;

  constructor(
    parts: FactWriterParts,
    of: {
      readonly head: CallHead;
      readonly position: Position;
      readonly history?: readonly Envelope[];
    },
  ) {
    this.#parts = parts;
    this.#head = of.head;
    this.#position = of.position;
    this.#known = idsOf(of.history ?? []);
    this.#told = typesOf(of.history ?? []);
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** As the log tells it, so far as this writer has looked. */
  get hasEnded(): boolean {
    return this.#told.has('call.ended');
  }

  write(fact: CallFact): void {
    this.#take(recordOf(this.#head, fact), undefined);
  }

  /** A fact that was written down before, by whoever it was. */
  repeat(record: FactRecord): void {
    this.#take(record, { saved: Promise.resolve(true), forget: () => undefined });
  }

  async settled(signal: AbortSignal): Promise<void> {
    const last = this.#waiting.at(-1);
    if (last) await abortable(last.safe.promise, signal);
  }

  /** Resolves when the log has everything. */
  async drained(signal: AbortSignal): Promise<void> {
    while (this.#running) await abortable(this.#running, signal);
    signal.throwIfAborted();
  }

  #take(record: FactRecord, kept: KeptFact | undefined): void {
    const waiting: Waiting = { record, safe: deferred<void>(), kept };
    this.#waiting.push(waiting);
    if (this.#isJournalling && !kept) this.#keep(waiting);
    this.#parts.busy.add(this);
    if (this.#parts.signal.aborted) this.#journal();
    else this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    const { logger, patienceMs, signal } = this.#parts;
    this.#patience = setTimeout(() => this.#journal(), patienceMs);
    for (let attempt = 1; this.#waiting.length > 0 && !signal.aborted;) {
      const [first] = this.#waiting as [Waiting];
      try {
        await this.#send(first.record);
        this.#finish(first);
        attempt = 1;
      } catch (error) {
        if (isAppError(error) && error.code === 'log.invalid-event') {
          this.#lose(first, error);
          continue;
        }
        this.#isUnsure ||= isAppError(error) && error.code === 'log.unknown';
        attempt += 1;
        logger.warn('call.fact-delayed', { callId: this.#head.callId, attempt, error });
        await this.#pause(attempt);
      }
    }
    clearTimeout(this.#patience);
    this.#running = undefined;
    this.#isJournalling = false;
    if (this.#waiting.length === 0) this.#parts.busy.delete(this);
    else this.#journal();
  }

  async #pause(attempt: number): Promise<void> {
    const { signal } = this.#parts;
    const delayMs = backoffMs(again, attempt, Math.random());
    await Promise.allSettled([sleep(delayMs, signal)]);
  }

  #finish({ kept, safe }: Waiting): void {
    this.#waiting.shift();
    kept?.forget();
    safe.resolve();
    if (!this.#isJournalling) this.#patience?.refresh();
  }

  /** A bug of ours: what may never be stored must not keep the rest from it. */
  #lose(waiting: Waiting, error: unknown): void {
    const { callId } = this.#head;
    this.#parts.logger.error('call.fact-lost', { callId, type: waiting.record.fact.type, error });
    this.#finish(waiting);
  }

  /** The log is slow or away: everything that waits is written down, and all that comes. */
  #journal(): void {
    this.#isJournalling = true;
    for (const waiting of this.#waiting) if (!waiting.kept) this.#keep(waiting);
  }

  #keep(waiting: Waiting): void {
    const { journal, onFull } = this.#parts;
    waiting.kept = journal.keep(waiting.record);
    if (!waiting.kept) return onFull();
    void this.#watch(waiting, waiting.kept);
  }

  async #watch({ record, safe }: Waiting, kept: KeptFact): Promise<void> {
    if (await kept.saved) return safe.resolve();
    const { callId } = this.#head;
    this.#parts.logger.error('call.fact-not-kept', { callId, type: record.fact.type });
    this.#parts.onFull();
  }

  async #send(record: FactRecord): Promise<void> {
    if (this.#isUnsure) await this.#reload();
    if (this.#isNeedless(record)) return;
    const { fact, eventId, occurredAtMs, head } = record;
    const { tenant, callId, correlationId } = head;
    const origin = {
      actor: { kind: 'service', id: 'voice' },
      causationId: callId,
      correlationId,
    } as const;
    const appended = await this.#parts.store.append({
      ref: { tenant, aggregate: 'call', id: callId },
      after: this.#position,
      event: { ...newEvent(fact, origin), eventId, occurredAtMs },
    });
    if (appended.outcome === 'appended') {
      this.#position = appended.position;
      if (once.has(fact.type)) this.#told = new Set([...this.#told, fact.type]);
      return;
    }
    await this.#reload();
    await this.#send(record);
  }

  /** It is there already, or the first end stands, or everything of this call is forgotten. */
  #isNeedless({ eventId, fact }: FactRecord): boolean {
    if (this.#known.has(eventId) || this.#told.has('call.erased')) return true;
    return once.has(fact.type) && this.#told.has(fact.type);
  }

  /** Somebody else wrote: a sweeper that took us for dead, or ourselves in an earlier life. */
  async #reload(): Promise<void> {
    const { tenant, callId } = this.#head;
    const ref = { tenant, aggregate: 'call', id: callId };
    const history = await this.#parts.store.load(ref, { fromLeader: true });
    this.#position = history.position;
    this.#known = idsOf(history.events);
    this.#told = typesOf(history.events);
    this.#isUnsure = false;
  }
}

function recordOf(head: CallHead, fact: CallFact): FactRecord {
  return { head, fact, eventId: newId(), occurredAtMs: Date.now() };
}

function idsOf(events: readonly Envelope[]): ReadonlySet<string> {
  return new Set(events.map(({ eventId }) => eventId));
}

function typesOf(events: readonly Envelope[]): ReadonlySet<string> {
  return new Set(events.map(({ type }) => type));
}
