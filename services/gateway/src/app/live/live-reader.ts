import { deferred, type Deferred } from '@trunkline/kernel';
import type { LiveEntry } from './recent-entries.js';

export type Ending = 'overflow' | 'shutdown' | 'credential' | 'left';

export type LiveStep =
  | { readonly do: 'tell'; readonly entry: LiveEntry }
  /** Nothing happened for so long. */
  | { readonly do: 'ping' }
  | { readonly do: 'end'; readonly why: Ending };

export interface ReaderOptions {
  readonly capacity: number;
  /** Only this call. */
  readonly callId: string | undefined;
  /** As soon as it is told to end: whoever writes to it has little time left. */
  readonly onEnding: (why: Ending) => void;
}

/** One open live view: a bounded queue, and why it ended. */
export class LiveReader {
  readonly #options: ReaderOptions;
  #queue: LiveEntry[] = [];
  #ending: Ending | undefined;
  #waiting: Deferred<void> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** A reader that cannot keep up is let go, rather than shown a past with holes. */
  offer(entry: LiveEntry): void {
    const { callId, capacity } = this.#options;
    const isWanted = callId === undefined || entry.callId === null || entry.callId === callId;
    if (!isWanted || this.#ending !== undefined) return;
    if (this.#queue.length >= capacity) {
      this.end('overflow');
      return;
    }
    this.#queue.push(entry);
    this.#waiting?.resolve();
  }

  /** What is queued is still told before a shutdown, and before nothing else. */
  end(why: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = why;
    if (why !== 'shutdown') this.#queue = [];
    this.#waiting?.resolve();
    this.#options.onEnding(why);
  }

  async next(quietMs: number): Promise<LiveStep> {
    if (this.#queue.length === 0 && this.#ending === undefined) await this.#wait(quietMs);
    const entry = this.#queue.shift();
    if (entry) return { do: 'tell', entry };
    return this.#ending === undefined ? { do: 'ping' } : { do: 'end', why: this.#ending };
  }

  async #wait(limitMs: number): Promise<void> {
    const waiting = deferred<void>();
    this.#waiting = waiting;
    const timer = setTimeout(() => waiting.resolve(), limitMs);
    await waiting.promise;
    clearTimeout(timer);
  }
}
