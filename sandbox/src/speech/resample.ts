const HALF_WIDTH = 16;
const MAX_SAMPLE = 32_767;

/** Band-limited (windowed sinc), so that nothing folds back into the band of a telephone. */
export function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  const ratio = fromHz / toHz;
  const cutoff = Math.min(1, toHz / fromHz) * 0.95;
  const reach = Math.ceil(HALF_WIDTH / cutoff);
  return Int16Array.from({ length: Math.round(samples.length / ratio) }, (_, at) => {
    const centre = at * ratio;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let each = first; each <= last; each += 1) {
      sum += (samples[each] ?? 0) * kernel(each - centre, cutoff, reach);
    }
    return Math.max(-MAX_SAMPLE, Math.min(MAX_SAMPLE, Math.round(sum)));
  });
}

function kernel(x: number, cutoff: number, reach: number): number {
  const hann = 0.5 + 0.5 * Math.cos((Math.PI * x) / reach);
  const angle = Math.PI * x * cutoff;
  return cutoff * hann * (angle === 0 ? 1 : Math.sin(angle) / angle);
}
