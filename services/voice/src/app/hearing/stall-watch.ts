import { AppError, type Clock } from '@trunkline/kernel';
import type { Listening } from '../ports/index.js';

const LOOK_EVERY_MS = 500;
/** While sound flows vendors say something at least every second. */
const SILENT_LIMIT_MS = 2500;
/** Half a second that may be speech: a vendor may have nothing to say about less. */
const LOUD_FRAMES = 25;
/** A second of any sound; nobody has to say anything about a line that sends nothing. */
const SOME_FRAMES = 50;

/**
 * Notices a vendor that takes the sound and says nothing any more, in the middle of what somebody
 * says or when somebody begins to.
 */
export class StallWatch {
  readonly #listening: Listening;
  readonly #clock: Clock;
  readonly #isInSpeech: () => boolean;
  #lastMessageAtMs: number;
  #silentSinceMs: number;
  #frames = 0;
  #loudFrames = 0;
  error: AppError | undefined;

  constructor(listening: Listening, clock: Clock, isInSpeech: () => boolean) {
    this.#listening = listening;
    this.#clock = clock;
    this.#isInSpeech = isInSpeech;
    this.#lastMessageAtMs = listening.lastMessageAtMs;
    this.#silentSinceMs = clock.nowMs();
  }

  sent(isLoud: boolean): void {
    this.#frames += 1;
    if (isLoud) this.#loudFrames += 1;
  }

  /** Ends a stalled session; answers how to stop watching. */
  start(): () => void {
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  look(): void {
    const nowMs = this.#clock.nowMs();
    const { lastMessageAtMs } = this.#listening;
    if (lastMessageAtMs !== this.#lastMessageAtMs) {
      this.#lastMessageAtMs = lastMessageAtMs;
      this.#silentSinceMs = nowMs;
      this.#frames = 0;
      this.#loudFrames = 0;
      return;
    }
    if (nowMs - this.#silentSinceMs < SILENT_LIMIT_MS || !this.#isAwaited()) return;
    const details = { waitedFor: 'words' };
    this.error = new AppError('provider.timeout', { retryable: true, details });
    this.#listening.close();
  }

  #isAwaited(): boolean {
    if (this.#loudFrames >= LOUD_FRAMES) return true;
    return this.#frames >= SOME_FRAMES && this.#isInSpeech();
  }
}
