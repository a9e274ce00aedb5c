/** Of the slower side: 24 reach 80 dB and leave the band up to 3.6 kHz alone. */
const TAPS = 24;
const KAISER_BETA = 8;
const CUTOFF = 0.92;

export interface Rates {
  readonly fromHz: number;
  readonly toHz: number;
}

/**
 * A polyphase low-pass filter. What comes out of a push is exactly as long as its rate says, so
 * that lanes stay together however long the call is.
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #phases: readonly Float64Array[];
  readonly #taps: number;
  #history: Float64Array;
  /** Of the next output, in steps of the upsampled stream, from the next input on. */
  #position = 0;

  constructor({ fromHz, toHz }: Rates) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.#up = toHz / divisor;
    this.#down = fromHz / divisor;
    this.#taps = TAPS * Math.max(1, Math.ceil(this.#down / this.#up));
    this.#history = new Float64Array(this.#taps - 1);
    this.#phases = phasesOf(this.#up, this.#down, this.#taps);
  }

  push(pcm: Int16Array): Int16Array {
    if (this.#up === this.#down) return pcm;
    const input = new Float64Array(this.#history.length + pcm.length);
    input.set(this.#history);
    input.set(pcm, this.#history.length);
    const steps = pcm.length * this.#up;
    const output = new Int16Array(Math.max(0, Math.ceil((steps - this.#position) / this.#down)));
    this.#fill(input, output);
    this.#position -= steps;
    this.#history = input.slice(input.length - this.#history.length);
    return output;
  }

  #fill(input: Float64Array, output: Int16Array): void {
    const [up, down] = [this.#up, this.#down];
    let step = this.#position % up;
    let from = (this.#position - step) / up;
    for (let index = 0; index < output.length; index += 1) {
      output[index] = clamped(filtered(input, from, this.#phases[step] as Float64Array));
      for (step += down; step >= up; step -= up) from += 1;
    }
    this.#position += output.length * down;
  }
}

/** The taps are a multiple of four: one addition after the other would wait for itself. */
function filtered(input: Float64Array, from: number, phase: Float64Array): number {
  let [one, two, three, four] = [0, 0, 0, 0];
  for (let tap = 0; tap < phase.length; tap += 4) {
    const at = from + tap;
    one += (input[at] as number) * (phase[tap] as number);
    two += (input[at + 1] as number) * (phase[tap + 1] as number);
    three += (input[at + 2] as number) * (phase[tap + 2] as number);
    four += (input[at + 3] as number) * (phase[tap + 3] as number);
  }
  return one + two + three + four;
}

const known = new Map<string, Float64Array[]>();

/** Every call shares the coefficients; its own are only the last samples. */
function phasesOf(up: number, down: number, taps: number): Float64Array[] {
  const key = `${up}/${down}`;
  const phases = known.get(key) ?? designed(up, down, taps);
  known.set(key, phases);
  return phases;
}

function designed(up: number, down: number, taps: number): Float64Array[] {
  const length = taps * up;
  const middle = (length - 1) / 2;
  const cutoff = (CUTOFF * Math.min(1, up / down)) / up;
  const prototype = Float64Array.from({ length }, (_, index) => {
    const distance = index - middle;
    const sinc =
      distance === 0 ? 1 : Math.sin(Math.PI * cutoff * distance) / (Math.PI * cutoff * distance);
    const window = bessel(KAISER_BETA * Math.sqrt(1 - (distance / (middle + 0.5)) ** 2));
    return (cutoff * up * sinc * window) / bessel(KAISER_BETA);
  });
  return Array.from({ length: up }, (_, phase) =>
    // The newest input meets the first coefficient of its phase.
    Float64Array.from(
      { length: taps },
      (_unused, tap) => prototype[phase + (taps - 1 - tap) * up] ?? 0,
    ),
  );
}

/** The modified Bessel function of order zero, by its series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function clamped(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
