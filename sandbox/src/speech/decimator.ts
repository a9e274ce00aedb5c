const TAPS_PER_STEP = 16;

/** Takes every n-th sample of a stream, without what the lower rate cannot hold. */
export class Decimator {
  readonly #factor: number;
  readonly #taps: Float64Array;
  #history: Int16Array;
  #skip = 0;

  constructor(factor: number) {
    this.#factor = factor;
    this.#taps = tapsFor(factor);
    this.#history = new Int16Array(this.#taps.length - 1);
  }

  take(samples: Int16Array): Int16Array {
    if (this.#factor === 1) return samples;
    const all = new Int16Array(this.#history.length + samples.length);
    all.set(this.#history);
    all.set(samples, this.#history.length);
    const out: number[] = [];
    let at = this.#skip;
    for (; at < samples.length; at += this.#factor) out.push(Math.round(this.#filtered(all, at)));
    this.#skip = at - samples.length;
    this.#history = all.slice(samples.length);
    return Int16Array.from(out);
  }

  #filtered(samples: Int16Array, from: number): number {
    const taps = this.#taps;
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap += 1) {
      sum += (samples[from + tap] ?? 0) * (taps[tap] ?? 0);
    }
    return sum;
  }
}

function tapsFor(factor: number): Float64Array {
  const half = (TAPS_PER_STEP * factor) / 2;
  const taps = Float64Array.from({ length: half * 2 + 1 }, (_, at) => {
    const x = ((at - half) / factor) * Math.PI * 0.95;
    const hann = 0.5 + 0.5 * Math.cos((Math.PI * (at - half)) / (half + 1));
    return hann * (x === 0 ? 1 : Math.sin(x) / x);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}
