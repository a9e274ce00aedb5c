import { FRAME_MS } from '../ports/index.js';

type Tick = (nowMs: number) => void;

/** So many groups of calls take turns within 20 ms, lest all of them send at the same moment. */
const groups = 4;
const STEP_MS = FRAME_MS / groups;

/**
 * One timer for all calls of the process. Counts from one beginning, so that late ticks do not add
 * up; a tick that was missed is not made up for, as every player sends by the clock.
 */
export class FrameTicker {
  readonly #nowMs: () => number;
  readonly #groups: Set<Tick>[] = Array.from({ length: groups }, () => new Set<Tick>());
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #startMs = 0;
  #step = 0;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#count;
  }

  /** Answers how to leave. */
  add(tick: Tick): () => void {
    const group = this.#groups.reduce((least, one) => (one.size < least.size ? one : least));
    group.add(tick);
    this.#count += 1;
    if (this.#timer === undefined) this.#start();
    return () => {
      if (!group.delete(tick)) return;
      this.#count -= 1;
      if (this.#count === 0) this.#stop();
    };
  }

  #start(): void {
    this.#startMs = this.#nowMs();
    this.#step = 0;
    this.#schedule();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const nowMs = this.#nowMs();
    const passed = Math.floor((nowMs - this.#startMs) / STEP_MS);
    // After a long delay each group has its turn once, and then the beat goes on.
    this.#step = Math.max(this.#step + 1, passed - groups + 2);
    const delayMs = Math.max(0, this.#startMs + this.#step * STEP_MS - nowMs);
    this.#timer = setTimeout(() => this.#beat(), delayMs);
  }

  #beat(): void {
    const nowMs = this.#nowMs();
    for (const tick of this.#groups[this.#step % groups] ?? []) tick(nowMs);
    if (this.#count > 0) this.#schedule();
  }
}
