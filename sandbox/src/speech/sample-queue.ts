const INITIAL_SAMPLES = 4096;

/** Samples by their place in the whole audio; those dropped are gone. */
export class SampleQueue {
  #samples = new Int16Array(INITIAL_SAMPLES);
  #start = 0;
  #end = 0;

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  push(samples: Int16Array): void {
    const used = this.#end - this.#start;
    if (used + samples.length > this.#samples.length) {
      const larger = new Int16Array((used + samples.length) * 2);
      larger.set(this.#samples.subarray(0, used));
      this.#samples = larger;
    }
    this.#samples.set(samples, used);
    this.#end += samples.length;
  }

  /** A view, good until the next push or drop. */
  slice(from: number, to: number): Int16Array {
    return this.#samples.subarray(from - this.#start, to - this.#start);
  }

  findLoud(from: number, level: number): number | undefined {
    for (let at = from - this.#start; at < this.#end - this.#start; at += 1) {
      if (Math.abs(this.#samples[at] ?? 0) >= level) return at + this.#start;
    }
    return undefined;
  }

  dropBefore(place: number): void {
    const dropped = Math.min(place, this.#end) - this.#start;
    if (dropped <= 0) return;
    this.#samples.copyWithin(0, dropped, this.#end - this.#start);
    this.#start += dropped;
  }
}
