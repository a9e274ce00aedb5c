interface Piece {
  readonly fromMs: number;
  toMs: number;
}

const MOST_PIECES = 128;

/**
 * The vendor counts the silence we add while a line sends nothing; the line does not. This
 * turns the vendor's times back into the line's.
 */
export class InsertedSilence {
  #pieces: Piece[] = [];
  #foldedMs = 0;

  /** Silence was added after `fromMs` of the vendor's time. */
  add(fromMs: number, durationMs: number): void {
    const last = this.#pieces.at(-1);
    if (last?.toMs === fromMs) last.toMs += durationMs;
    else this.#pieces.push({ fromMs, toMs: fromMs + durationMs });
    if (this.#pieces.length > MOST_PIECES) this.#foldOldest();
  }

  readonly toLineMs = (vendorMs: number): number => {
    let addedMs = this.#foldedMs;
    for (const { fromMs, toMs } of this.#pieces) {
      if (vendorMs > fromMs) addedMs += Math.min(vendorMs, toMs) - fromMs;
    }
    return Math.max(0, vendorMs - addedMs);
  };

  /** Times before the oldest pieces are long spoken of; only their sum still matters. */
  #foldOldest(): void {
    const oldest = this.#pieces.shift();
    if (oldest) this.#foldedMs += oldest.toMs - oldest.fromMs;
  }
}
