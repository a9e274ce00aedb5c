import { performance } from 'node:perf_hooks';

const TICK_MS = 20;
/** Many calls are spread over the 20 ms, or their frames would all leave in one burst. */
const PHASES = 5;

export type OnTick = (nowMs: number) => void;

/**
 * The clock of all calls of a process: one timer per phase. A late tick is made up for at once, so
 * that no call drifts from real time.
 */
export class Ticker {
  readonly #phases = Array.from({ length: PHASES }, (_, index) => new Phase(index));

  /** Ticks until the returned function is called. */
  join(onTick: OnTick): () => void {
    const emptiest = this.#phases.reduce((a, b) => (b.size < a.size ? b : a));
    return emptiest.join(onTick);
  }
}

class Phase {
  readonly #members = new Set<OnTick>();
  readonly #offsetMs: number;
  #timer: NodeJS.Timeout | undefined;
  #nextMs = 0;

  constructor(index: number) {
    this.#offsetMs = (index * TICK_MS) / PHASES;
  }

  get size(): number {
    return this.#members.size;
  }

  join(onTick: OnTick): () => void {
    this.#members.add(onTick);
    if (!this.#timer) this.#begin();
    return () => this.#leave(onTick);
  }

  #begin(): void {
    const nowMs = performance.now();
    this.#nextMs = Math.ceil(nowMs / TICK_MS) * TICK_MS + this.#offsetMs;
    this.#timer = setTimeout(this.#fire, this.#nextMs - nowMs);
  }

  #leave(onTick: OnTick): void {
    this.#members.delete(onTick);
    if (this.#members.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #fire = (): void => {
    while (this.#members.size > 0 && performance.now() >= this.#nextMs) {
      this.#nextMs += TICK_MS;
      for (const onTick of this.#members) onTick(performance.now());
    }
    if (this.#members.size === 0) return;
    this.#timer = setTimeout(this.#fire, Math.max(0, this.#nextMs - performance.now()));
  };
}
