import { AppError, isAppError, retry } from '@trunkline/kernel';
import { newEvent, nowhere, type EventStore, type Logger } from '@trunkline/platform';
import { CallFacts, type CallFactWriter, type CallHead, type CallStarted } from '../ports/index.js';
import type { FactJournal, FactRecord } from './fact-journal.js';
import { FactWriter, type FactWriterParts } from './fact-writer.js';

export interface JournaledCallFactsParts {
  readonly store: EventStore;
  readonly journal: FactJournal;
  readonly logger: Logger;
  readonly patienceMs?: number;
}

const PATIENCE_MS = 250;
const LAST_TRY_MS = 2000;
const untilThere = { attempts: Infinity, firstDelayMs: 100, maxDelayMs: 2000, jitter: 0.5 };

/** The log beside the sound, and the pod's disk beside the log. */
export class JournaledCallFacts extends CallFacts {
  readonly #parts: JournaledCallFactsParts;
  readonly #stopping = new AbortController();
  readonly #busy = new Set<FactWriter>();
  readonly #onFull = new Set<() => void>();
  #isToldFull = false;

  constructor(parts: JournaledCallFactsParts) {
    super();
    this.#parts = parts;
  }

  override get hasRoom(): boolean {
    return !this.#parts.journal.isNearlyFull;
  }

  override onFull(listener: () => void): void {
    this.#onFull.add(listener);
  }

  override async start(head: CallHead, started: CallStarted): Promise<CallFactWriter> {
    const { tenant, callId, correlationId } = head;
    const appended = await this.#parts.store.append({
      ref: { tenant, aggregate: 'call', id: callId },
      after: nowhere,
      event: newEvent(started, {
        actor: { kind: 'service', id: 'voice' },
        causationId: callId,
        correlationId,
      }),
    });
    if (appended.outcome !== 'appended') throw new AppError('call.taken');
    return new FactWriter(this.#writerParts(), { head, position: appended.position });
  }

  /** For whoever finishes a call that another process began. */
  async resume(head: CallHead, signal: AbortSignal): Promise<FactWriter> {
    const { tenant, callId } = head;
    const ref = { tenant, aggregate: 'call', id: callId };
    const { store } = this.#parts;
    const either = AbortSignal.any([signal, this.#stopping.signal]);
    const isRetryable = (error: unknown): boolean => isAppError(error) && error.retryable;
    const history = await retry({ ...untilThere, isRetryable, signal: either }, () =>
      store.load(ref, { fromLeader: true, signal: either }),
    );
    const { position, events } = history;
    return new FactWriter(this.#writerParts(), { head, position, history: events });
  }

  /** Brings into the log what a process that died had only on its disk. */
  async replay(journal: FactJournal, signal: AbortSignal): Promise<number> {
    const left = await journal.left();
    const calls = Map.groupBy(left.records, ({ head }) => `${head.tenant}.${head.callId}`);
    await Promise.all([...calls.values()].map((records) => this.#replayCall(records, signal)));
    await left.forget();
    return left.records.length;
  }

  /** What the log has not taken by now is on the disk. */
  async close(signal: AbortSignal): Promise<void> {
    const soon = AbortSignal.any([signal, AbortSignal.timeout(LAST_TRY_MS)]);
    await Promise.allSettled([...this.#busy].map((writer) => writer.drained(soon)));
    this.#stopping.abort(new Error('the process stops'));
    await Promise.allSettled([...this.#busy].map((writer) => writer.settled(signal)));
    await this.#parts.journal.close();
  }

  async #replayCall(records: readonly FactRecord[], signal: AbortSignal): Promise<void> {
    const [first] = records as readonly [FactRecord];
    const writer = await this.resume(first.head, signal);
    for (const record of records) writer.repeat(record);
    await writer.drained(signal);
    if (!writer.isIdle) throw new AppError('log.unavailable', { retryable: true });
  }

  #writerParts(): FactWriterParts {
    return {
      patienceMs: PATIENCE_MS,
      ...this.#parts,
      signal: this.#stopping.signal,
      busy: this.#busy,
      onFull: () => this.#tellFull(),
    };
  }

  /** Once, until there is room again: calls say goodbye only once. */
  #tellFull(): void {
    if (this.#isToldFull && !this.hasRoom) return;
    this.#isToldFull = true;
    for (const listener of this.#onFull) listener();
  }
}
