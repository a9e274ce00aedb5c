/** Both sides in one channel; who speaks alone is as loud as they were. */
export function mono(caller: Int16Array, agent: Int16Array): Int16Array {
  const both = new Int16Array(caller.length);
  for (let index = 0; index < both.length; index += 1) {
    const sum = (caller[index] as number) + (agent[index] ?? 0);
    both[index] = Math.max(-32_768, Math.min(32_767, sum));
  }
  return both;
}

/** Caller left, agent right. */
export function stereo(caller: Int16Array, agent: Int16Array): Int16Array {
  const both = new Int16Array(caller.length * 2);
  for (let index = 0; index < caller.length; index += 1) {
    both[2 * index] = caller[index] ?? 0;
    both[2 * index + 1] = agent[index] ?? 0;
  }
  return both;
}

/** The loudest moment of 20 ms in a byte, for drawing. */
export function peakOf(pcm: Int16Array): number {
  let peak = 0;
  for (const sample of pcm) peak = Math.max(peak, Math.abs(sample));
  return Math.min(255, peak >> 7);
}
