export const murmurs = ['office', 'cafe'] as const;
export type Murmur = (typeof murmurs)[number];

/** Long enough that nobody hears it come round again. */
export const MURMUR_MS = 11_000;

/** The sound of a room, made up: noise in bands that swells, and small sharp sounds in between. */
export function murmurOf(murmur: Murmur, rateHz: number): Int16Array {
  const dice = diceOf(murmur === 'office' ? 7 : 11);
  const length = (rateHz * MURMUR_MS) / 1000;
  const sound = new Float64Array(length);
  const { voices, swellHz, clicks } = rooms[murmur];
  for (const cutHz of voices) addVoice(sound, { cutHz, swellHz, rateHz, dice });
  for (let click = 0; click < clicks; click += 1) {
    addClick(sound, { at: Math.floor(dice() * length), rateHz, dice });
  }
  return levelled(sound);
}

const rooms = {
  office: { voices: [180, 420], swellHz: 0.4, clicks: 30 },
  cafe: { voices: [260, 520, 900, 1400], swellHz: 2.5, clicks: 12 },
} as const satisfies Record<Murmur, object>;

interface Making {
  readonly rateHz: number;
  readonly dice: () => number;
}

/** Noise below a frequency that swells as talk does; fades at the seam of the loop. */
function addVoice(
  sound: Float64Array,
  { cutHz, swellHz, rateHz, dice }: Making & { readonly cutHz: number; readonly swellHz: number },
): void {
  const weight = 1 - Math.exp((-2 * Math.PI * cutHz) / rateHz);
  const phase = dice() * 2 * Math.PI;
  const seam = rateHz / 4;
  let low = 0;
  for (let index = 0; index < sound.length; index += 1) {
    low += weight * (2 * dice() - 1 - low);
    const swell = 0.6 + 0.4 * Math.sin(phase + (2 * Math.PI * swellHz * index) / rateHz);
    const fade = Math.min(1, index / seam, (sound.length - 1 - index) / seam);
    sound[index] = (sound[index] ?? 0) + low * swell * fade;
  }
}

function addClick(
  sound: Float64Array,
  { at, rateHz, dice }: Making & { readonly at: number },
): void {
  const length = Math.floor(rateHz * (0.01 + 0.03 * dice()));
  const ringHz = 900 + 1800 * dice();
  for (let index = 0; index < length && at + index < sound.length; index += 1) {
    const decay = Math.exp((-6 * index) / length) * 0.08;
    const ring = Math.sin((2 * Math.PI * ringHz * index) / rateHz);
    sound[at + index] = (sound[at + index] ?? 0) + decay * ring;
  }
}

/** At a volume of 1 it is as loud as quiet speech. */
function levelled(sound: Float64Array): Int16Array {
  const power = sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length;
  const gain = 2000 / Math.sqrt(power);
  return Int16Array.from(sound, (sample) => clipped(sample * gain));
}

export function clipped(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}

/** The same room sounds the same in every process. */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
