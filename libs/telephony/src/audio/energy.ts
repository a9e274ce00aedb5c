const fullScale = 32_768;

/** Root mean square, from 0 to 1. */
export function rmsOf(pcm: Int16Array): number {
  if (pcm.length === 0) return 0;
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / pcm.length) / fullScale;
}

const quietestDbfs = -100;

/** Decibels below full scale; silence is -100. */
export function dbfsOf(pcm: Int16Array): number {
  const rms = rmsOf(pcm);
  return rms === 0 ? quietestDbfs : Math.max(quietestDbfs, 20 * Math.log10(rms));
}

/** The loudest sample, from 0 to 1. */
export function peakOf(pcm: Int16Array): number {
  let peak = 0;
  for (const sample of pcm) peak = Math.max(peak, Math.abs(sample));
  return peak / fullScale;
}
