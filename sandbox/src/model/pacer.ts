const MAX_ITEMS = 50_000;

export interface PacedItem {
  /** Monotonic; not sent before. */
  readonly notBeforeMs: number;
  /** How long the item takes to make: the next one follows that much later. */
  readonly paceMs: number;
  send(): void;
}

/**
 * Sends items one after another, each at its time. The times are reckoned from the planned ones,
 * not from when a timer fired, so that a late loop does not slow the whole stream.
 */
export class Pacer {
  readonly #items: PacedItem[] = [];
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #freeAtMs = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get isIdle(): boolean {
    return this.#items.length === 0;
  }

  /** False: full, nothing was added. */
  add(...items: readonly PacedItem[]): boolean {
    if (this.#items.length + items.length > MAX_ITEMS) return false;
    this.#items.push(...items);
    if (this.#timer === undefined) this.#arm();
    return true;
  }

  /** Drops all that was not sent yet. */
  clear(): void {
    this.#items.length = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    const next = this.#items[0];
    if (!next) return;
    const waitMs = Math.max(this.#freeAtMs, next.notBeforeMs) - performance.now();
    this.#timer = setTimeout(() => this.#fire(), Math.max(0, waitMs));
  }

  #fire(): void {
    this.#timer = undefined;
    try {
      this.#sendDue();
    } catch (error) {
      this.clear();
      this.#onError(error);
      return;
    }
    if (this.#timer === undefined) this.#arm();
  }

  #sendDue(): void {
    // Half a millisecond of grace: timers fire at whole ones.
    const nowMs = performance.now() + 0.5;
    for (;;) {
      const next = this.#items[0];
      const atMs = Math.max(this.#freeAtMs, next?.notBeforeMs ?? 0);
      if (!next || atMs > nowMs) return;
      this.#items.shift();
      this.#freeAtMs = atMs + next.paceMs;
      next.send();
    }
  }
}
