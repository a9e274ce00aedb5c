export interface Ordered<T> {
  readonly ready: readonly T[];
  /** Came after its place had been given up, or twice. */
  readonly isLate: boolean;
}

/** Puts numbered chunks in order, holding at most `capacity` of them back: 20 ms of delay each. */
export class ChunkOrder<T> {
  readonly #held = new Map<number, T>();
  readonly #capacity: number;
  #next: number | undefined;
  #lateInARow = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(chunk: number, item: T): Ordered<T> {
    this.#next ??= chunk;
    if (chunk < this.#next || this.#held.has(chunk)) return this.#late(chunk, item);
    this.#lateInARow = 0;
    this.#held.set(chunk, item);
    if (this.#held.size > this.#capacity) this.#next = Math.min(...this.#held.keys());
    return { ready: this.#release(), isLate: false };
  }

  /** What was held back, when nothing will fill the gaps any more. */
  drain(): readonly T[] {
    const rest = [...this.#held].toSorted(([left], [right]) => left - right);
    this.#held.clear();
    this.#next = undefined;
    return rest.map(([, item]) => item);
  }

  /** One wild number must not silence the call: a run of low ones is a count begun anew. */
  #late(chunk: number, item: T): Ordered<T> {
    this.#lateInARow += 1;
    if (this.#lateInARow <= this.#capacity) return { ready: [], isLate: true };
    this.#lateInARow = 0;
    const ready = [...this.drain(), item];
    this.#next = chunk + 1;
    return { ready, isLate: false };
  }

  #release(): readonly T[] {
    const ready: T[] = [];
    while (this.#next !== undefined && this.#held.has(this.#next)) {
      ready.push(this.#held.get(this.#next) as T);
      this.#held.delete(this.#next);
      this.#next += 1;
    }
    return ready;
  }
}
