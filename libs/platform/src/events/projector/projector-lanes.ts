import { hashOf } from '@trunkline/contracts';

/**
 * A fixed number of queues: what concerns one id is worked on one after the other, the rest
 * side by side. How many may wait is the caller's business (`size`).
 */
export class Lanes {
  readonly #tails: Promise<void>[];
  #size = 0;
  #waiting: (() => void)[] = [];
  #isEnded = false;

  constructor(width: number) {
    this.#tails = Array.from({ length: width }, () => Promise.resolve());
  }

  /** Taken and not finished. */
  get size(): number {
    return this.#size;
  }

  /** `work` must not reject: who runs in a lane settles its own errors. */
  take(id: string, work: () => Promise<void>): void {
    const lane = hashOf(id) % this.#tails.length;
    this.#size += 1;
    const run = async (): Promise<void> => {
      try {
        await work();
      } finally {
        this.#size -= 1;
        this.#wake();
      }
    };
    this.#tails[lane] = (this.#tails[lane] ?? Promise.resolve()).then(run, run);
  }

  /** Resolves once no more than `limit` are left. */
  async downTo(limit: number): Promise<void> {
    while (this.#size > limit && !this.#isEnded) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Nobody waits any longer, whatever is left. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
