import { AppError, type Clock } from '@trunkline/kernel';
import type { Listening } from '../ports/index.js';

const LOOK_EVERY_MS = 500;
/** While sound flows vendors say something at least every second. */
const SILENT_LIMIT_MS = 2500;
/** Half a second of it: a vendor may have nothing to say about less. */
const LOUD_FRAMES = 25;

/** Notices a vendor that takes the sound and says nothing any more. */
export class StallWatch {
  readonly #listening: Listening;
  readonly #clock: Clock;
  readonly #lookEveryMs: number;
  #lastMessageAtMs: number;
  #silentSinceMs: number;
  #loudFrames = 0;
  error: AppError | undefined;

  constructor(listening: Listening, clock: Clock, lookEveryMs = LOOK_EVERY_MS) {
    this.#listening = listening;
    this.#clock = clock;
    this.#lookEveryMs = lookEveryMs;
    this.#lastMessageAtMs = listening.lastMessageAtMs;
    this.#silentSinceMs = clock.nowMs();
  }

  loudFrame(): void {
    this.#loudFrames += 1;
  }

  /** Ends a stalled session; answers how to stop watching. */
  start(): () => void {
    const timer = setInterval(() => this.look(), this.#lookEveryMs);
    return () => clearInterval(timer);
  }

  look(): void {
    const nowMs = this.#clock.nowMs();
    const { lastMessageAtMs } = this.#listening;
    if (lastMessageAtMs !== this.#lastMessageAtMs) {
      this.#lastMessageAtMs = lastMessageAtMs;
      this.#silentSinceMs = nowMs;
      this.#loudFrames = 0;
      return;
    }
    if (this.#loudFrames < LOUD_FRAMES || nowMs - this.#silentSinceMs < SILENT_LIMIT_MS) return;
    const details = { waitedFor: 'words' };
    this.error = new AppError('provider.timeout', { retryable: true, details });
    this.#listening.close();
  }
}
