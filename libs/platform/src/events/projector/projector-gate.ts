import { backoffMs, deferred, sleep, type Deferred } from '@trunkline/kernel';

const FIRST_DELAY_MS = 100;

/**
 * Shut while the world is at fault (MongoDB away, log unreachable): nobody pulls. Whoever
 * holds a message tries it again with a growing delay and opens the gate when it succeeds.
 */
export class FaultGate {
  readonly #maxDelayMs: number;
  readonly #failing = new Set<object>();
  #opening: Deferred<void> | undefined;
  #isEnded = false;

  constructor(maxDelayMs: number) {
    this.#maxDelayMs = maxDelayMs;
  }

  get isShut(): boolean {
    return this.#failing.size > 0;
  }

  /** Waits out one more failed attempt of `holder`; rejects when the signal aborts. */
  async wait(holder: object, attempt: number, signal: AbortSignal): Promise<void> {
    this.#failing.add(holder);
    const policy = {
      attempts: Number.POSITIVE_INFINITY,
      firstDelayMs: FIRST_DELAY_MS,
      maxDelayMs: this.#maxDelayMs,
      jitter: 0.3,
    };
    await sleep(backoffMs(policy, attempt + 1, Math.random()), signal);
  }

  /** The holder is done or gives up. */
  leave(holder: object): void {
    this.#failing.delete(holder);
    if (this.#failing.size === 0) this.#wake();
  }

  async open(): Promise<void> {
    while (this.isShut && !this.#isEnded) {
      this.#opening ??= deferred<void>();
      await this.#opening.promise;
    }
  }

  /** Nobody waits any longer, whatever fails. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  #wake(): void {
    this.#opening?.resolve();
    this.#opening = undefined;
  }
}
