const HALF_WIDTH = 16;
const MAX_SAMPLE = 32_767;

/** The weights around each of the places a sample can have between two of the source. */
interface Kernel {
  readonly reach: number;
  /** The source moves on by `down` while the result moves on by `up`. */
  readonly up: number;
  readonly down: number;
  readonly phases: readonly Float64Array[];
}

const kernels = new Map<string, Kernel>();

/** Band-limited (windowed sinc), so that nothing folds back into the band of a telephone. */
export function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  const kernel = kernelFor(fromHz, toHz);
  const length = Math.round((samples.length * toHz) / fromHz);
  return Int16Array.from({ length }, (_, at) => {
    const sum = weighted(samples, at, kernel);
    return Math.max(-MAX_SAMPLE, Math.min(MAX_SAMPLE, Math.round(sum)));
  });
}

function weighted(samples: Int16Array, at: number, { up, down, reach, phases }: Kernel): number {
  const weights = phases[(at * down) % up] ?? new Float64Array(0);
  const first = Math.floor((at * down) / up) - reach + 1;
  let sum = 0;
  for (let tap = 0; tap < weights.length; tap += 1) {
    sum += (samples[first + tap] ?? 0) * (weights[tap] ?? 0);
  }
  return sum;
}

function kernelFor(fromHz: number, toHz: number): Kernel {
  const key = `${fromHz}:${toHz}`;
  const known = kernels.get(key);
  if (known) return known;
  const divisor = commonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const cutoff = Math.min(1, toHz / fromHz) * 0.95;
  const reach = Math.ceil(HALF_WIDTH / cutoff);
  const phases = Array.from({ length: up }, (_, phase) =>
    Float64Array.from({ length: reach * 2 }, (_, tap) =>
      weight(tap - reach + 1 - phase / up, cutoff, reach),
    ),
  );
  const kernel = { reach, up, down: fromHz / divisor, phases };
  kernels.set(key, kernel);
  return kernel;
}

function weight(x: number, cutoff: number, reach: number): number {
  const hann = 0.5 + 0.5 * Math.cos((Math.PI * x) / reach);
  const angle = Math.PI * x * cutoff;
  return cutoff * hann * (angle === 0 ? 1 : Math.sin(angle) / angle);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
