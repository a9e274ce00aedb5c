import { parseEventSubject, type AggregateRef, type Envelope } from '@trunkline/contracts';
import type { JsMsg } from '@nats-io/jetstream';
import { isAppError, retry, sleep, withDeadline, type RetryPolicy } from '@trunkline/kernel';
import type { Logger } from '../../telemetry/logger.js';
import { eventIdIn } from '../store/message-id.js';
import type { PullDurable } from './consumer.js';
import { ProjectionFailure } from './projection-failure.js';
import { FaultGate } from './projector-gate.js';
import { Lanes } from './projector-lanes.js';

export type ProjectorLog = Pick<Logger, 'info' | 'warn' | 'error'>;

/** One delivered event: where it stands and, if it could be read, what it says. */
export interface Delivered {
  readonly ref: AggregateRef;
  readonly streamSeq: number;
  readonly event?: Envelope | undefined;
}

/** What is done about events the projection itself fails on. */
export interface PoisonPolicy {
  isParked(ref: AggregateRef): boolean;
  /** Counts the failure; `parked` once the aggregate is out of the way. */
  failed(failure: ProjectionFailure, delivered: Delivered): Promise<'again' | 'parked'>;
}

export interface RunnerTuning {
  readonly maxInFlight: number;
  readonly lanes: number;
  readonly pullMs: number;
  readonly ackWaitMs: number;
  readonly nakDelayMs: number;
  readonly drainMs: number;
  /** The longest pause between two tries while the world is at fault. */
  readonly maxFaultDelayMs: number;
}

export interface RunnerOptions {
  readonly name: string;
  readonly durables: readonly PullDurable[];
  readonly tuning: RunnerTuning;
  readonly log: ProjectorLog;
  readonly poison: PoisonPolicy;
  /** True: it is known to be in the view. */
  isIn?(eventId: string): Promise<boolean>;
  read(message: { readonly ref: AggregateRef; readonly data: Uint8Array }): Envelope;
  /** Brings the event into the view; rejects with ProjectionFailure or a fault of the world. */
  apply(event: Envelope, signal: AbortSignal): Promise<void>;
  /** A durable was lost and made anew: reads what the archiver may have moved in between. */
  readArchive?(): Promise<void>;
}

interface EndlessPolicy extends RetryPolicy {
  readonly firstDelayMs: number;
  readonly signal: AbortSignal;
}

/** Pulls durables and sees every message through to its acknowledgement. */
export class EventRunner {
  readonly #options: RunnerOptions;
  readonly #gate: FaultGate;
  readonly #lanes: Lanes;
  readonly #held = new Set<JsMsg>();
  readonly #stopping = new AbortController();
  readonly #givingUp = new AbortController();
  readonly #readings = new Set<Promise<void>>();
  /** Durables being made anew, until the archive is read again. */
  #mendingCount = 0;
  #faultCode = 'internal';
  #loops: Promise<void>[] = [];
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options.tuning.lanes);
    this.#gate = new FaultGate(options.tuning.maxFaultDelayMs);
  }

  /** True while a fault of the world keeps it from working. */
  get isHeldUp(): boolean {
    return this.#gate.isShut;
  }

  /** The code of the fault that keeps it from working, if one does. */
  get heldUpBy(): string | undefined {
    return this.#gate.isShut ? this.#faultCode : undefined;
  }

  start(): void {
    const { durables, tuning } = this.#options;
    // Whatever waits here is told to the server as being worked on, or it would come again.
    this.#ticker = setInterval(() => {
      for (const message of this.#held) message.working();
    }, tuning.ackWaitMs / 3);
    this.#loops = durables.map((durable) => this.#pullUntilStopped(durable));
  }

  /** Finishes what is in flight, within the bound; the rest goes back to the server. */
  async stop(): Promise<void> {
    const { durables, tuning } = this.#options;
    this.#stopping.abort(new Error('stopped'));
    for (const durable of durables) durable.stopPulling();
    this.#gate.end();
    await this.#drain(tuning.drainMs);
    this.#lanes.end();
    this.#givingUp.abort(new Error('stopped'));
    this.#handBack();
    clearInterval(this.#ticker);
    await Promise.all([...this.#loops, ...this.#readings]);
  }

  /** So that another replica gets them at once, and not when the server's patience ends. */
  #handBack(): void {
    try {
      for (const message of this.#held) message.nak();
    } catch (error) {
      // The connection is closed: they come again by themselves.
      this.#options.log.warn('projector.not-handed-back', { count: this.#held.size, error });
    }
    this.#held.clear();
  }

  async #drain(limitMs: number): Promise<void> {
    if (limitMs === 0) return;
    try {
      const limits = { limitMs, code: 'service.timeout' };
      await withDeadline(limits, () => this.#lanes.downTo(0));
    } catch (error) {
      const { log, name } = this.#options;
      log.warn('projector.drain-cut-short', { projection: name, count: this.#held.size, error });
    }
  }

  /** Events not yet acknowledged, delivered or not. */
  async pendingCount(): Promise<number> {
    const all = await Promise.all(this.#options.durables.map((durable) => durable.progress()));
    return all.reduce((sum, one) => sum + one.pendingCount + one.unackedCount, 0);
  }

  /** Resolves once everything is acknowledged that was in the log before the call. */
  async caughtUp(limitMs: number, signal?: AbortSignal): Promise<void> {
    const { durables } = this.#options;
    await withDeadline({ limitMs, code: 'service.timeout', signal }, async (until) => {
      await Promise.all(durables.map((durable) => this.#caughtUp(durable, until)));
    });
  }

  async #caughtUp(durable: PullDurable, until: AbortSignal): Promise<void> {
    const targetSeq = await durable.lastSeq();
    for (let delayMs = 5; ; delayMs = Math.min(delayMs * 2, 250)) {
      const { pendingCount, unackedCount, ackedSeq } = await durable.progress();
      // Where the end of the log concerns others, the acknowledged sequence stays below it.
      const isThrough = ackedSeq >= targetSeq || (pendingCount === 0 && unackedCount === 0);
      if (isThrough && this.#mendingCount === 0) return;
      await sleep(delayMs, until);
    }
  }

  async #pullUntilStopped(durable: PullDurable): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#pullOnce(durable);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const fields = { durable: durable.durable.name, error };
        this.#options.log.warn('projector.pull-failed', fields);
        await this.#recreate(durable);
      }
    }
  }

  async #pullOnce(durable: PullDurable): Promise<void> {
    const { maxInFlight, pullMs } = this.#options.tuning;
    await this.#gate.open();
    await this.#lanes.downTo(Math.floor(maxInFlight / 2));
    if (this.#stopping.signal.aborted) return;
    const room = Math.max(1, maxInFlight - this.#lanes.size);
    const messages = await durable.pull(room, pullMs);
    if (this.#stopping.signal.aborted) return durable.stopPulling();
    for await (const message of messages) this.#take(message);
  }

  /** The durable may have been deleted, or the server has lost its state. */
  async #recreate(durable: PullDurable): Promise<void> {
    let isAnother = false;
    this.#mendingCount += 1;
    await this.#untilStopped(async (policy) => {
      await sleep(policy.firstDelayMs, policy.signal);
      isAnother = await retry(policy, () => durable.ensure());
    });
    if (!isAnother) this.#mendingCount -= 1;
    else this.#readArchive();
  }

  /** Beside the pulling, so that what happens now need not wait for the archive. */
  #readArchive(): void {
    const { readArchive, log, name: projection } = this.#options;
    log.warn('projector.durable-lost', { projection });
    const reading = this.#untilStopped((policy) =>
      retry(policy, async (attempt) => {
        if (attempt > 1) log.warn('projector.archive-unread', { projection, attempt });
        await readArchive?.();
      }),
    );
    this.#readings.add(reading);
    void reading.finally(() => {
      this.#mendingCount -= 1;
      this.#readings.delete(reading);
    });
  }

  async #untilStopped(work: (policy: EndlessPolicy) => Promise<void>): Promise<void> {
    const policy = {
      attempts: Number.POSITIVE_INFINITY,
      firstDelayMs: 100,
      maxDelayMs: 5_000,
      jitter: 0.3,
      signal: this.#stopping.signal,
    };
    try {
      await work(policy);
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }

  #take(message: JsMsg): void {
    const ref = parseEventSubject(message.subject);
    this.#held.add(message);
    this.#lanes.take(ref.id, async () => {
      try {
        await this.#settle(message, ref);
      } finally {
        this.#gate.leave(message);
        this.#held.delete(message);
      }
    });
  }

  /** Only an acknowledgement, a counted failure or the end of the runner gets out of here. */
  async #settle(message: JsMsg, ref: AggregateRef): Promise<void> {
    for (let attempt = 1; !this.#givingUp.signal.aborted; attempt += 1) {
      try {
        await this.#process(message, ref);
        return;
      } catch (error) {
        if (this.#givingUp.signal.aborted) return;
        this.#onFault(error, attempt);
        await this.#pause(message, attempt);
      }
    }
  }

  async #process(message: JsMsg, ref: AggregateRef): Promise<void> {
    const { poison, tuning } = this.#options;
    if (poison.isParked(ref)) return message.ack();
    if (await this.#isIn(message)) return this.#acknowledge(message);
    let event: Envelope | undefined;
    try {
      event = this.#options.read({ ref, data: message.data });
      await this.#options.apply(event, this.#givingUp.signal);
    } catch (error) {
      if (!(error instanceof ProjectionFailure)) throw error;
      const outcome = await poison.failed(error, { ref, streamSeq: message.seq, event });
      if (outcome === 'again') return message.nak(tuning.nakDelayMs);
    }
    this.#acknowledge(message);
  }

  async #isIn(message: JsMsg): Promise<boolean> {
    const eventId = eventIdIn(message);
    return eventId !== undefined && (await this.#options.isIn?.(eventId)) === true;
  }

  /** What was handed back meanwhile is somebody else's. */
  #acknowledge(message: JsMsg): void {
    if (this.#held.has(message)) message.ack();
  }

  #onFault(error: unknown, attempt: number): void {
    const { log, name, durables } = this.#options;
    for (const durable of durables) durable.stopPulling();
    const code = isAppError(error) ? error.code : 'internal';
    this.#faultCode = code;
    if (attempt > 1 && attempt % 10 !== 0) return;
    log.error('projector.held-up', { projection: name, attempt, code, error });
  }

  async #pause(message: JsMsg, attempt: number): Promise<void> {
    try {
      await this.#gate.wait(message, attempt, this.#givingUp.signal);
    } catch (error) {
      if (!this.#givingUp.signal.aborted) throw error;
    }
  }
}
