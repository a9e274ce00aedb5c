const PAUSE_MS = 10_000;
const MAX_KEPT = 10_000;

/** How often this process asks about one dial: carriers count such requests. */
export class LookUpPace {
  readonly #lastMs = new Map<string, number>();

  /** True at most once in a pause. */
  take(callId: string, nowMs: number): boolean {
    const lastMs = this.#lastMs.get(callId);
    if (lastMs !== undefined && nowMs - lastMs < PAUSE_MS) return false;
    const [oldest] = this.#lastMs.keys();
    if (this.#lastMs.size >= MAX_KEPT && oldest !== undefined) this.#lastMs.delete(oldest);
    this.#lastMs.delete(callId);
    this.#lastMs.set(callId, nowMs);
    return true;
  }
}
