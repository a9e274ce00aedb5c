import { abortable, backoffMs, sleep } from '@trunkline/kernel';
import type { Logger, ObjectStore } from '@trunkline/platform';
import {
  segmentPrefix,
  SPOOL_BUCKET,
  type SpoolOwner,
} from '../../domain/recording/recording-keys.js';
import type { CallFactWriter } from '../ports/index.js';
import type { SoundPress } from './ports.js';
import type { Sound } from './sound.js';

export interface VaultParts {
  readonly objects: ObjectStore;
  readonly press: SoundPress;
  readonly logger: Logger;
}

export interface Deposit {
  readonly sound: Sound;
  readonly facts: CallFactWriter;
  readonly truncated: boolean;
  readonly by: 'pod' | 'sweeper';
  /** Takes the local copy away, once the log knows of the stored one. */
  readonly forget: () => Promise<void>;
}

const again = { attempts: Infinity, firstDelayMs: 500, maxDelayMs: 15_000, jitter: 0.5 };
/** Each holds a part of an object in memory while it is sent. */
const MOST_AT_ONCE = 2;
const MOST_SEGMENTS = 10_000;

/** Brings what was recorded into the object store, however long that is away. */
export class RecordingVault {
  readonly #parts: VaultParts;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #since = new Map<Deposit, number>();
  readonly #turn: (() => void)[] = [];
  #busy = 0;

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  /** How long the oldest recording has been waiting for the store. */
  get oldestMs(): number {
    const startedAtMs = Math.min(...this.#since.values());
    return Number.isFinite(startedAtMs) ? performance.now() - startedAtMs : 0;
  }

  /** Resolves when it is stored and told, or rejects when the process stops before that. */
  deposit(order: Deposit): Promise<void> {
    this.#since.set(order, performance.now());
    const work = this.#untilStored(order).finally(() => this.#since.delete(order));
    const tracked = work.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(tracked);
    void tracked.then(() => this.#running.delete(tracked));
    return work;
  }

  /** What is not stored yet stays in the spool. */
  async close(): Promise<void> {
    this.#stopping.abort(new Error('the process stops'));
    await Promise.all(this.#running);
  }

  async removeSegments(of: SpoolOwner): Promise<void> {
    const { objects } = this.#parts;
    const found = objects.list(SPOOL_BUCKET, segmentPrefix(of), MOST_SEGMENTS);
    for await (const { name } of found) await objects.remove({ bucket: SPOOL_BUCKET, name });
  }

  async #untilStored(order: Deposit): Promise<void> {
    const { sound, facts, truncated, by, forget } = order;
    const { signal } = this.#stopping;
    const stored = await this.#patiently(sound.header, () =>
      this.#inTurn(() => this.#parts.press.press(sound, signal)),
    );
    facts.write({ type: 'call.recording-stored', data: { ...stored, truncated, by } });
    await abortable(facts.settled(signal), signal);
    await forget();
    await this.#tidy(sound.header);
  }

  async #patiently<T>({ callId }: SpoolOwner, work: () => Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        this.#parts.logger.warn('recording.not-stored', { callId, attempt, error });
        await sleep(backoffMs(again, attempt + 1, Math.random()), signal);
      }
    }
  }

  /** The log knows the recording: a segment that stays is litter, not loss. */
  async #tidy(of: SpoolOwner): Promise<void> {
    try {
      await this.removeSegments(of);
    } catch (error) {
      this.#parts.logger.warn('recording.segments-left', { callId: of.callId, error });
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.#busy >= MOST_AT_ONCE) await new Promise<void>((go) => this.#turn.push(go));
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#turn.shift()?.();
    }
  }
}
