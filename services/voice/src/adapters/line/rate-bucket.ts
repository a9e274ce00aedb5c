/** So many a second, and so many at once. */
export class RateBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #lastMs: number | null = null;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
  }

  take(nowMs: number): boolean {
    const passedMs = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = nowMs;
    this.#left = Math.min(this.#burst, this.#left + (passedMs / 1000) * this.#perSecond);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
