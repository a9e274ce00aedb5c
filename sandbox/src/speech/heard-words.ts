import {
  BLOCK_SAMPLES,
  SAMPLES_PER_MS,
  type BankedWord,
  type Utterance,
} from './utterance-bank.js';

/** Blocks of an utterance heard one after another. */
export interface Run {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** Blocks heard before it that are not of the utterance. */
  readonly strange: number;
  /** Where in the whole audio it began. */
  readonly startSample: number;
}

export interface HeardWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

export const GARBLED = '[garbled]';
const BLOCK_MS = BLOCK_SAMPLES / SAMPLES_PER_MS;
/** So much of a word is enough to guess it before it is over. */
const GUESS_BLOCKS = 3;

/**
 * What is understood when the runs are what was heard: words that were heard whole. One that lost
 * a part is missed, one with a part doubled is heard twice, one with strange sound is garbled.
 */
export function wordsHeard(
  utterance: Utterance,
  runs: readonly Run[],
  isOngoing = false,
): readonly HeardWord[] {
  return runs.flatMap((run, at) => {
    const before = runs[at - 1];
    const isGuessed = isOngoing && at === runs.length - 1;
    const whole = utterance.words
      .filter((word) => isWithin(word, run, isGuessed))
      .map((word) => timed(word, run));
    return before ? [...wordsAtSeam(utterance, before, run), ...whole] : whole;
  });
}

function isWithin(word: BankedWord, run: Run, isGuessed = false): boolean {
  const to = isGuessed ? Math.min(word.to, word.from + GUESS_BLOCKS) : word.to;
  return word.from >= run.from && to <= run.to && word.from < word.to;
}

function wordsAtSeam(utterance: Utterance, before: Run, run: Run): readonly HeardWord[] {
  const from = Math.min(before.to, run.from);
  const to = Math.max(before.to, run.from);
  const isCut = (word: BankedWord): boolean =>
    word.from <= to && word.to >= from && ![before, run].some((each) => isWithin(word, each));
  const cut = utterance.words.filter(isCut);
  const missing = run.from - before.to;
  const changed = missing < run.strange ? doubled(utterance, cut, { from, to }) : cut;
  if (missing > run.strange && cut.length > 0) return [];
  // Between two words nothing audible may be missing, but something is.
  if (missing >= run.strange) return garbled(changed, run);
  return changed.map((word) => timed(word, run));
}

/** A word heard whole on both sides of the seam is in both runs already. */
function doubled(
  utterance: Utterance,
  cut: readonly BankedWord[],
  again: { readonly from: number; readonly to: number },
): readonly BankedWord[] {
  if (cut.length > 0) return [...cut, ...cut];
  if (utterance.words.some((word) => word.from >= again.from && word.to <= again.to)) return [];
  return utterance.words.filter((word) => word.from <= again.from).slice(-1);
}

function garbled(words: readonly BankedWord[], run: Run): readonly HeardWord[] {
  const atMs = run.startSample / SAMPLES_PER_MS;
  const times =
    words.length > 0 ? words.map((word) => timed(word, run)) : [{ startMs: atMs, endMs: atMs }];
  return times.map(({ startMs, endMs }) => ({ text: GARBLED, startMs, endMs }));
}

function timed(word: BankedWord, run: Run): HeardWord {
  const utteranceMs = run.startSample / SAMPLES_PER_MS - run.from * BLOCK_MS;
  return {
    text: word.text,
    startMs: utteranceMs + word.startMs,
    endMs: utteranceMs + word.endMs,
  };
}
