import { decodeMuLaw, encodeMuLaw } from './g711.js';
import type { SpokenWord } from './speak.js';

/** All listening is done at the rate of a telephone. */
export const LISTENING_RATE_HZ = 8000;
export const BLOCK_SAMPLES = 160;
export const SAMPLES_PER_MS = LISTENING_RATE_HZ / 1000;
/** Where sound begins, after whatever silence. */
export const ONSET_LEVEL = 100;
/** Below it a block is as good as silent, and coding noise would decide. */
export const SOFT_LEVEL = 60;
/** Mean absolute level of 20 ms from which on somebody speaks. */
export const VOICED_LEVEL = 200;
/** So many blocks tell which utterance has begun. */
export const LEAD_BLOCKS = 5;

export interface BankedWord {
  readonly text: string;
  /** Blocks from the onset; the last one is not included. */
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** A sound that the stand-ins for hearing know by heart. */
export interface Utterance {
  readonly text: string;
  readonly language: string;
  /** From the onset to the last sound, filled up with silence to whole blocks. */
  readonly sound: Int16Array;
  readonly blocks: number;
  readonly words: readonly BankedWord[];
  /** Where the onset lies within a frame of 20 ms, if the sound is sent from its beginning. */
  readonly onsetInFrame: number;
  /** Mean absolute level of each block. */
  readonly levels: Float32Array;
  /** One number for each block; equal blocks need to be compared with what is heard only once. */
  readonly prints: Uint32Array;
  readonly leadPrint: string;
}

/** A frame of 20 ms of an utterance, as a telephone sends them from its beginning. */
export interface Place {
  readonly utterance: Utterance;
  /** How many frames after the one with the onset. */
  readonly frame: number;
}

export interface Registration {
  readonly text: string;
  readonly language?: string | undefined;
  /** At 8 kHz. */
  readonly samples: Int16Array;
  /** Left out: spread over the sound by their length. */
  readonly words?: readonly SpokenWord[] | undefined;
}

const CAPACITY = 2000;
/** Of one frame: common words are in many utterances. */
const MAX_PLACES = 500;

/** What may be said; the oldest is forgotten first. */
export class UtteranceBank {
  #byText = new Map<string, Utterance>();
  #all: readonly Utterance[] = [];
  #between: readonly Utterance[] | undefined;
  #places: Map<number, Place[]> | undefined;

  get all(): readonly Utterance[] {
    return this.#all;
  }

  /** As if sampled half a sample later: for what came at another rate than a telephone's. */
  get between(): readonly Utterance[] {
    this.#between ??= this.#all.map((utterance) =>
      madeOf(utterance, betweenSamples(utterance.sound)),
    );
    return this.#between;
  }

  /** Where exactly this frame occurs. */
  placesOf(frame: Int16Array): readonly Place[] {
    this.#places ??= placesIn(this.#all);
    return this.#places.get(printOf(throughMuLaw(frame), 0)) ?? [];
  }

  /** The same text again replaces its sound. Undefined: there is no sound in it. */
  register(registration: Registration): Utterance | undefined {
    const utterance = utteranceOf(registration);
    if (!utterance) return undefined;
    const key = `${utterance.language} ${utterance.text}`;
    this.#byText.delete(key);
    this.#byText.set(key, utterance);
    const [oldest] = this.#byText.keys();
    if (this.#byText.size > CAPACITY && oldest !== undefined) this.#byText.delete(oldest);
    this.#all = [...this.#byText.values()];
    this.#between = undefined;
    this.#places = undefined;
    return utterance;
  }

  clear(): void {
    this.#byText = new Map();
    this.#all = [];
    this.#between = undefined;
    this.#places = undefined;
  }
}

function utteranceOf({ text, language, samples, words }: Registration): Utterance | undefined {
  // Heard through µ-law even if it is sent otherwise: so a telephone's samples agree exactly.
  const heard = throughMuLaw(samples);
  const onset = heard.findIndex((sample) => Math.abs(sample) >= ONSET_LEVEL);
  if (onset < 0) return undefined;
  const end = heard.findLastIndex((sample) => Math.abs(sample) >= ONSET_LEVEL) + 1;
  const blocks = Math.ceil((end - onset) / BLOCK_SAMPLES);
  const sound = new Int16Array(blocks * BLOCK_SAMPLES);
  sound.set(heard.subarray(onset, Math.min(heard.length, onset + sound.length)));
  const onsetMs = onset / SAMPLES_PER_MS;
  const timed = words ?? spread(text, { fromMs: onsetMs, toMs: end / SAMPLES_PER_MS });
  const levels = levelsOf(sound);
  const bankedWords = timed.map((word) => banked(word, onsetMs, levels));
  const rest = { text, language: language ?? 'en', blocks, words: bankedWords };
  return madeOf({ ...rest, onsetInFrame: onset % BLOCK_SAMPLES }, sound);
}

function madeOf(
  rest: Omit<Utterance, 'sound' | 'levels' | 'prints' | 'leadPrint'>,
  sound: Int16Array,
): Utterance {
  const prints = Uint32Array.from({ length: rest.blocks }, (_, at) => printOf(sound, at));
  const leadPrint = prints.subarray(0, LEAD_BLOCKS).join(' ');
  return { ...rest, sound, prints, leadPrint, levels: levelsOf(sound) };
}

function placesIn(all: readonly Utterance[]): Map<number, Place[]> {
  const places = new Map<number, Place[]>();
  for (const utterance of all) {
    for (let frame = 1; frame < utterance.blocks; frame += 1) {
      if ((utterance.levels[frame] ?? 0) < SOFT_LEVEL) continue;
      const from = frame * BLOCK_SAMPLES - utterance.onsetInFrame;
      const print = printOf(utterance.sound.subarray(from, from + BLOCK_SAMPLES), 0);
      const known = places.get(print) ?? [];
      if (known.length < MAX_PLACES) known.push({ utterance, frame });
      places.set(print, known);
    }
  }
  return places;
}

function throughMuLaw(samples: Int16Array): Int16Array {
  return samples.map((sample) => decodeMuLaw(encodeMuLaw(sample)));
}

function levelsOf(sound: Int16Array): Float32Array {
  return Float32Array.from({ length: sound.length / BLOCK_SAMPLES }, (_, at) => levelOf(sound, at));
}

/** The weights of a windowed sinc around a place between two samples. */
const BETWEEN_TAPS: readonly number[] = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5].map(
  (x) => (Math.sin(Math.PI * x) / (Math.PI * x)) * (0.5 + 0.5 * Math.cos((Math.PI * x) / 6)),
);

function betweenSamples(sound: Int16Array): Int16Array {
  return sound.map((_, at) => {
    let sum = 0;
    for (const [tap, weight] of BETWEEN_TAPS.entries()) {
      sum += ((sound[at - tap] ?? 0) + (sound[at + 1 + tap] ?? 0)) * weight;
    }
    return Math.max(-32_767, Math.min(32_767, Math.round(sum)));
  });
}

/** Of a word's soft outermost blocks nothing is missed. */
function banked(
  { text, startMs, endMs }: SpokenWord,
  onsetMs: number,
  levels: Float32Array,
): BankedWord {
  const blockMs = BLOCK_SAMPLES / SAMPLES_PER_MS;
  const fromMs = Math.max(0, startMs - onsetMs);
  const toMs = Math.max(fromMs, endMs - onsetMs);
  const isSoft = (block: number): boolean => (levels[block] ?? 0) < 2 * SOFT_LEVEL;
  let from = Math.min(Math.floor(fromMs / blockMs), levels.length - 1);
  let to = Math.min(Math.ceil(toMs / blockMs), levels.length);
  while (from + 1 < to && isSoft(from)) from += 1;
  while (to - 1 > from && isSoft(to - 1)) to -= 1;
  return { text, from, to, startMs: fromMs, endMs: toMs };
}

function spread(text: string, { fromMs, toMs }: { fromMs: number; toMs: number }): SpokenWord[] {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  const chars = words.reduce((sum, word) => sum + word.length, 0);
  let atMs = fromMs;
  return words.map((word) => {
    const startMs = atMs;
    atMs += ((toMs - fromMs) * word.length) / chars;
    return { text: word, startMs, endMs: atMs };
  });
}

export function levelOf(samples: Int16Array, block: number): number {
  let sum = 0;
  const from = block * BLOCK_SAMPLES;
  for (let at = from; at < from + BLOCK_SAMPLES; at += 1) sum += Math.abs(samples[at] ?? 0);
  return sum / BLOCK_SAMPLES;
}

/** FNV-1a. */
function printOf(samples: Int16Array, block: number): number {
  let print = 0x811c9dc5;
  const from = block * BLOCK_SAMPLES;
  for (let at = from; at < from + BLOCK_SAMPLES; at += 1) {
    print = Math.imul(print ^ ((samples[at] ?? 0) & 0xffff), 0x01000193);
  }
  return print >>> 0;
}
