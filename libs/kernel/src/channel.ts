import { deferred, type Deferred } from './deferred.js';

/** What a full channel does with one more item. */
export type FullPolicy = 'wait' | 'drop-oldest' | 'refuse';

export interface ChannelOptions {
  readonly capacity: number;
  readonly whenFull: FullPolicy;
}

/**
 * A bounded queue between two loops. Values come out in order; `close` lets the reader
 * finish what is queued, `fail` hands the error over after what is queued.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #options: ChannelOptions;
  readonly #items: T[] = [];
  #reader: Deferred<void> | undefined;
  #writers: Deferred<void>[] = [];
  #closed = false;
  #error: { reason: unknown } | undefined;
  #dropped = 0;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#items.length;
  }

  get droppedCount(): number {
    return this.#dropped;
  }

  /** Resolves to false when the item was not taken (closed, or full under `refuse`). */
  async push(item: T): Promise<boolean> {
    while (!this.#closed && this.#items.length >= this.#options.capacity) {
      if (this.#options.whenFull === 'refuse') return false;
      if (this.#options.whenFull === 'drop-oldest') {
        this.#items.shift();
        this.#dropped += 1;
        break;
      }
      const writer = deferred<void>();
      this.#writers.push(writer);
      await writer.promise;
    }
    return this.#accept(item);
  }

  /** The synchronous door: never waits, so a full `wait` channel refuses. */
  offer(item: T): boolean {
    if (this.#items.length >= this.#options.capacity) {
      if (this.#options.whenFull !== 'drop-oldest') return false;
      this.#items.shift();
      this.#dropped += 1;
    }
    return this.#accept(item);
  }

  close(): void {
    this.#closed = true;
    this.#reader?.resolve();
    this.#releaseWriters();
  }

  fail(reason: unknown): void {
    this.#error ??= { reason };
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        while (this.#items.length > 0) {
          const item = this.#items.shift() as T;
          this.#writers.shift()?.resolve();
          yield item;
        }
        if (this.#error) throw this.#error.reason;
        if (this.#closed) return;
        this.#reader = deferred<void>();
        await this.#reader.promise;
      }
    } finally {
      this.close();
    }
  }

  #accept(item: T): boolean {
    if (this.#closed) return false;
    this.#items.push(item);
    this.#reader?.resolve();
    return true;
  }

  #releaseWriters(): void {
    for (const writer of this.#writers) writer.resolve();
    this.#writers = [];
  }
}
