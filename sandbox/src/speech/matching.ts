import {
  BLOCK_SAMPLES,
  levelOf,
  ONSET_LEVEL,
  SOFT_LEVEL,
  type Utterance,
  type UtteranceBank,
} from './utterance-bank.js';

/** Coding costs a hundredth at most, resampling a few; another 20 ms of speech is far below. */
const MIN_SIMILARITY = 0.85;
/** Of soft sound coding takes more. */
const MIN_SOFT_SIMILARITY = 0.7;
const QUIET_LEVEL = 2 * SOFT_LEVEL;

/** 20 ms of what is heard. */
export interface Block {
  readonly samples: Int16Array;
  readonly level: number;
}

export function blockOf(samples: Int16Array): Block {
  return { samples, level: levelOf(samples, 0) };
}

const isLoud = (sample: number): boolean => sample >= ONSET_LEVEL || sample <= -ONSET_LEVEL;
export const isQuiet = ({ level }: Block): boolean => level < QUIET_LEVEL;

/** Is this what comes at `index` of the utterance? Behind its end: silence. */
export function matches(utterance: Utterance, index: number, heard: Block): boolean {
  if (index >= utterance.blocks) return !heard.samples.some(isLoud);
  const level = utterance.levels[index] ?? 0;
  if (level < SOFT_LEVEL) return isQuiet(heard);
  if (heard.level < SOFT_LEVEL / 2) return false;
  const least = level < QUIET_LEVEL ? MIN_SOFT_SIMILARITY : MIN_SIMILARITY;
  return similarity(heard.samples, utterance.sound, index * BLOCK_SAMPLES) >= least;
}

/** An utterance that may be the one being heard. */
export interface Candidate {
  readonly utterance: Utterance;
  /** How much further in it is than the first candidate. */
  readonly shift: number;
}

/** Those of which this comes at `index`. */
export function agreeing(
  candidates: readonly Candidate[],
  index: number,
  heard: Block,
): readonly Candidate[] {
  const known = new Map<number | undefined, boolean>();
  return candidates.filter(({ utterance, shift }) => {
    const print = utterance.prints[index + shift];
    const agrees = known.get(print) ?? matches(utterance, index + shift, heard);
    known.set(print, agrees);
    return agrees;
  });
}

/** The first index at which they are not all alike: up to there one speaks for all. */
export function alikeUntil(candidates: readonly Candidate[], from: number): number {
  const [first] = candidates;
  if (!first || candidates.length === 1) return Infinity;
  const isAlike = (index: number): boolean => {
    const print = first.utterance.prints[index + first.shift];
    return candidates.every(({ utterance, shift }) => utterance.prints[index + shift] === print);
  };
  let index = from;
  while (index + first.shift < first.utterance.blocks && isAlike(index)) index += 1;
  return index;
}

const MAX_GUESSES = 8;

/** The place nearest to `expected` where any of them sounds like this, and those that do there. */
export function resuming(
  candidates: readonly Candidate[],
  expected: number,
  heard: Block,
): { readonly index: number; readonly candidates: readonly Candidate[] } | undefined {
  for (const { utterance, shift } of candidates.slice(0, MAX_GUESSES)) {
    const place = findPlace(utterance, expected + shift, heard);
    if (place === undefined) continue;
    const index = place - shift;
    const print = utterance.prints[place];
    const isLike = (other: Candidate): boolean =>
      other.utterance.prints[index + other.shift] === print;
    return { index, candidates: candidates.filter(isLike) };
  }
  return undefined;
}

/** Cosine of the angle between the heard samples and as many of the sound. */
export function similarity(heard: Int16Array, sound: Int16Array, from: number): number {
  let product = 0;
  let heardPower = 0;
  let soundPower = 0;
  for (let at = 0; at < heard.length; at += 1) {
    const a = heard[at] ?? 0;
    const b = sound[from + at] ?? 0;
    product += a * b;
    heardPower += a * a;
    soundPower += b * b;
  }
  const power = Math.sqrt(heardPower * soundPower);
  return power === 0 ? 0 : product / power;
}

/** The place nearest to `expected` that sounds like this; only loud blocks can be told apart. */
function findPlace(utterance: Utterance, expected: number, heard: Block): number | undefined {
  if (isQuiet(heard)) return undefined;
  for (let away = 0; away <= utterance.blocks; away += 1) {
    for (const index of [expected + away, expected - away]) {
      const level = utterance.levels[index] ?? 0;
      if (level >= SOFT_LEVEL && matches(utterance, index, heard)) return index;
    }
  }
  return undefined;
}

export interface Beginning {
  readonly utterances: readonly Utterance[];
  /** How far the sound begins from where it seemed to. */
  readonly shift: number;
}

const MAX_SHIFT = 16;
/** Resampling moves an onset by less. */
const MAX_RESAMPLED_SHIFT = 3;
const MIN_LIKENESS = 0.95;

export interface Onset {
  /** Within the samples given. */
  readonly at: number;
  readonly length: number;
  /** What is heard came at another rate: its samples may lie between those of the bank. */
  readonly isResampled: boolean;
}

/** Which utterances begin like this? All that are returned begin alike. */
export function beginningLike(
  bank: Pick<UtteranceBank, 'all' | 'between'>,
  samples: Int16Array,
  onset: Onset,
): Beginning | undefined {
  const part = (shift: number): Int16Array =>
    samples.subarray(onset.at + shift, onset.at + shift + onset.length);
  if (onset.isResampled) return bestBeginning([bank.all, bank.between], part);
  const exact = beginningWith(bank.all, part(0));
  return exact ? { utterances: exact.utterances, shift: 0 } : shiftedBeginning(bank.all, part);
}

/** Looking for it costs, so it is only done among those of a like rise in level. */
function shiftedBeginning(
  all: readonly Utterance[],
  part: (shift: number) => Int16Array,
): Beginning | undefined {
  const like = all.filter((utterance) => riseLikeness(utterance, part(0)) >= MIN_LIKENESS);
  for (let away = 1; away <= MAX_SHIFT; away += 1) {
    for (const shift of [away, -away]) {
      const found = beginningWith(like, part(shift));
      if (found) return { utterances: found.utterances, shift };
    }
  }
  return undefined;
}

function bestBeginning(
  banks: readonly (readonly Utterance[])[],
  part: (shift: number) => Int16Array,
): Beginning | undefined {
  let best: (Beginning & { readonly similarity: number }) | undefined;
  for (let shift = -MAX_RESAMPLED_SHIFT; shift <= MAX_RESAMPLED_SHIFT; shift += 1) {
    for (const all of banks) {
      const found = beginningWith(all, part(shift));
      if (found && found.similarity > (best?.similarity ?? 0)) best = { ...found, shift };
    }
  }
  return best;
}

function beginningWith(
  all: readonly Utterance[],
  heard: Int16Array,
): { readonly utterances: readonly Utterance[]; readonly similarity: number } | undefined {
  const known = new Map<string, number>();
  for (const { leadPrint, sound } of all) {
    if (!known.has(leadPrint)) known.set(leadPrint, similarity(heard, sound, 0));
  }
  const best = Math.max(...known.values());
  if (!(best >= MIN_SIMILARITY)) return undefined;
  const isAmong = ({ leadPrint }: Utterance): boolean =>
    (known.get(leadPrint) ?? 0) >= MIN_SIMILARITY;
  return { utterances: all.filter(isAmong), similarity: best };
}

function riseLikeness(utterance: Utterance, heard: Int16Array): number {
  let product = 0;
  let heardPower = 0;
  let soundPower = 0;
  for (let block = 0; block < heard.length / BLOCK_SAMPLES; block += 1) {
    const a = levelOf(heard, block);
    const b = utterance.levels[block] ?? 0;
    product += a * b;
    heardPower += a * a;
    soundPower += b * b;
  }
  const power = Math.sqrt(heardPower * soundPower);
  return power === 0 ? 0 : product / power;
}
