import type { Clock } from '@trunkline/kernel';

export interface ShortMemoryOptions {
  readonly lifetimeMs: number;
  /** Full: the oldest is forgotten. */
  readonly capacity: number;
  readonly clock: Clock;
}

interface Remembered<T> {
  readonly value: T;
  readonly untilMs: number;
}

/** Remembers right answers for a moment and refusals not at all. */
export class ShortMemory<T> {
  readonly #options: ShortMemoryOptions;
  readonly #known = new Map<string, Remembered<T>>();
  /** Raised by `clear`: what was being read then is not kept. */
  #age = 0;

  constructor(options: ShortMemoryOptions) {
    this.#options = options;
  }

  async get(key: string, read: () => Promise<T>): Promise<T> {
    const { lifetimeMs, capacity, clock } = this.#options;
    const startedMs = clock.nowMs();
    const known = this.#known.get(key);
    if (known && startedMs < known.untilMs) return known.value;
    const age = this.#age;
    const value = await read();
    if (age !== this.#age) return value;
    this.#known.delete(key);
    const oldest = this.#known.keys().next();
    if (this.#known.size >= capacity && !oldest.done) this.#known.delete(oldest.value);
    this.#known.set(key, { value, untilMs: startedMs + lifetimeMs });
    return value;
  }

  clear(): void {
    this.#age += 1;
    this.#known.clear();
  }
}
