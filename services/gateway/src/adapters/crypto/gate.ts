import { AppError, deferred, type Deferred } from '@trunkline/kernel';

export interface GateOptions {
  /** How many may be inside at once. */
  readonly width: number;
  /** How many may stand outside; the next one is refused. */
  readonly maxWaiting: number;
}

/** Lets a few at a time through, in order. */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiting: Deferred<void>[] = [];
  #inside = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#inside < this.#options.width) {
      this.#inside += 1;
      return;
    }
    if (this.#waiting.length >= this.#options.maxWaiting) {
      throw new AppError('service.unavailable', { retryable: true });
    }
    const turn = deferred<void>();
    this.#waiting.push(turn);
    await turn.promise;
  }

  /** The place is handed over, so that nobody slips in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#inside -= 1;
  }
}
