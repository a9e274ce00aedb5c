type Listener = (frame: Uint8Array) => void;

/** Two seconds: what a caller says while the log is asked whether there is a call. */
const capacity = 100;

/**
 * Hands frames to whoever listens. What comes before anybody does is kept, the newest of it, and
 * handed over after the first listener's turn, so that those who join with it hear it too.
 */
export class EarlyFrames {
  readonly #listeners: Listener[] = [];
  #kept: Uint8Array[] | null = [];

  add(listener: Listener): void {
    this.#listeners.push(listener);
    if (this.#listeners.length === 1) setImmediate(() => this.#flush());
  }

  push(frame: Uint8Array): void {
    if (this.#kept === null) return this.#tell(frame);
    this.#kept.push(frame.slice());
    if (this.#kept.length > capacity) this.#kept.shift();
  }

  #flush(): void {
    const kept = this.#kept ?? [];
    this.#kept = null;
    for (const frame of kept) this.#tell(frame);
  }

  #tell(frame: Uint8Array): void {
    for (const listener of this.#listeners) listener(frame);
  }
}
