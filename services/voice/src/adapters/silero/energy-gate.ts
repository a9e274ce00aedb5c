/** A line as quiet as this has no voice in it: the hiss of a telephone line is at about -60. */
const SOUND_FROM_DBFS = -55;
/** Without the model: what is as loud as this counts as a voice, whatever it is. */
const VOICE_FROM_DBFS = -38;
/** Pauses within words are no silence; the model loses its thread when it misses them. */
const HOLD_WINDOWS = 12;
const quietestDbfs = -100;

/** Below full scale, of samples from -1 to 1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < samples.length; at += 1) sum += (samples[at] ?? 0) ** 2;
  const mean = sum / samples.length;
  return mean === 0 ? quietestDbfs : Math.max(quietestDbfs, 10 * Math.log10(mean));
}

export function isLoudAsVoice(levelDbfs: number): boolean {
  return levelDbfs >= VOICE_FROM_DBFS;
}

/** Keeps silence from the model: most of a call is silence, or the agent. */
export class EnergyGate {
  #heldWindows = 0;

  /** Whether there may be a voice in the window. */
  lets(levelDbfs: number): boolean {
    if (levelDbfs >= SOUND_FROM_DBFS) this.#heldWindows = HOLD_WINDOWS;
    else this.#heldWindows = Math.max(0, this.#heldWindows - 1);
    return this.#heldWindows > 0;
  }
}
