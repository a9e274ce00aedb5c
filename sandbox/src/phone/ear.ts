/** An agent that pauses for less than this between two words is still speaking. */
const HANGOVER_MS = 300;

/** Knows from what is heard whether the other side is speaking. */
export class Ear {
  #speakingSinceMs: number | undefined;
  #lastVoicedMs: number | undefined;

  /** One frame of 20 ms; `isVoiced` of silence is false. */
  hear(isVoiced: boolean, nowMs: number): void {
    if (isVoiced) {
      this.#speakingSinceMs ??= nowMs;
      this.#lastVoicedMs = nowMs;
    } else if (this.quietForMs(nowMs) > HANGOVER_MS) {
      this.#speakingSinceMs = undefined;
    }
  }

  /** 0 while nobody speaks. */
  speakingForMs(nowMs: number): number {
    return this.#speakingSinceMs === undefined ? 0 : nowMs - this.#speakingSinceMs;
  }

  /** Infinity before the first word. */
  quietForMs(nowMs: number): number {
    return this.#lastVoicedMs === undefined ? Infinity : nowMs - this.#lastVoicedMs;
  }

  heardSince(sinceMs: number): boolean {
    return this.#lastVoicedMs !== undefined && this.#lastVoicedMs >= sinceMs;
  }
}
