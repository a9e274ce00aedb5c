import type { TimerName } from '../../domain/turn/turn-input.js';

/** The alarm clocks of one call: each name rings once, and setting it again moves it. */
export class Timers {
  readonly #running = new Map<TimerName, NodeJS.Timeout>();
  readonly #ring: (timer: TimerName) => void;

  constructor(ring: (timer: TimerName) => void) {
    this.#ring = ring;
  }

  set(timer: TimerName, afterMs: number): void {
    this.stop(timer);
    const running = setTimeout(() => {
      this.#running.delete(timer);
      this.#ring(timer);
    }, afterMs);
    this.#running.set(timer, running);
  }

  stop(timer: TimerName): void {
    clearTimeout(this.#running.get(timer));
    this.#running.delete(timer);
  }

  close(): void {
    for (const running of this.#running.values()) clearTimeout(running);
    this.#running.clear();
  }
}
