import { deferred, type Deferred } from './deferred.js';

export interface BatcherOptions<Item, Answer> {
  readonly maxItems: number;
  /** How many batches may run side by side; what comes meanwhile waits for the next. */
  readonly maxRunning: number;
  /** Answers in the order of the items, each fulfilled or rejected on its own. */
  run(items: readonly Item[]): Promise<readonly PromiseSettledResult<Answer>[]>;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly done: Deferred<Answer>;
}

/**
 * Turns calls that come at the same time into one. A lone call goes out at once; under load
 * batches grow by themselves, because the next one collects while the last one runs. The queue
 * is bounded by its callers: each waits for its answer.
 */
export class Batcher<Item, Answer> {
  readonly #options: BatcherOptions<Item, Answer>;
  #waiting: Waiting<Item, Answer>[] = [];
  #runningCount = 0;
  #isScheduled = false;

  constructor(options: BatcherOptions<Item, Answer>) {
    this.#options = options;
  }

  add(item: Item): Promise<Answer> {
    const done = deferred<Answer>();
    this.#waiting.push({ item, done });
    this.#schedule();
    return done.promise;
  }

  /** One turn of the event loop collects what was asked in the same moment. */
  #schedule(): void {
    const { maxRunning } = this.#options;
    if (this.#isScheduled || this.#waiting.length === 0 || this.#runningCount >= maxRunning) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#flush();
      this.#schedule();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#options.maxItems);
    this.#runningCount += 1;
    try {
      const answers = await this.#options.run(batch.map(({ item }) => item));
      batch.forEach(({ done }, index) => settle(done, answers[index]));
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    } finally {
      this.#runningCount -= 1;
      this.#schedule();
    }
  }
}

function settle<Answer>(
  done: Deferred<Answer>,
  answer: PromiseSettledResult<Answer> | undefined,
): void {
  if (answer?.status === 'fulfilled') done.resolve(answer.value);
  else done.reject(answer?.reason ?? new TypeError('a batch answered too few items'));
}
