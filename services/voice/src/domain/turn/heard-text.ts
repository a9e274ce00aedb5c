import { lettersIn, writtenUpTo, type SpokenPiece } from '../text/written-prefix.js';

/** A word and when it sounds, since the first sound of its utterance. */
export interface TimedWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface HeardUtterance {
  /** As it was written. */
  readonly text: string;
  /** The same, piece by piece, beside what the voice was given. */
  readonly said: readonly SpokenPiece[];
  /** As the voice says it. */
  readonly words: readonly TimedWord[];
  readonly soundMs: number;
}

/** A word whose greater part was heard counts. */
function isHeard({ startMs, endMs }: TimedWord, heardMs: number): boolean {
  return (startMs + endMs) / 2 <= heardMs;
}

/**
 * What of an utterance the caller heard, as it was written: a beginning of its text that ends
 * between two words. Without the times of its words, its share of the text.
 */
export function heardText(utterance: HeardUtterance, heardMs: number): string {
  const { text, said, words, soundMs } = utterance;
  if (words.length > 0) {
    const heard = words.filter((word) => isHeard(word, heardMs));
    return writtenUpTo(said, lettersIn(heard.map((word) => word.text).join(' ')));
  }
  if (soundMs === 0 || heardMs >= soundMs) return heardMs > 0 ? text : '';
  const share = Math.floor((lettersIn(text) * heardMs) / soundMs);
  return writtenUpTo([{ written: text, spoken: text }], share);
}

/** Where to go on after a pause: at the beginning of the word that was cut in two. */
export function resumePoint(words: readonly TimedWord[], heardMs: number): number {
  const started = words.filter(({ startMs }) => startMs <= heardMs);
  return started.at(-1)?.startMs ?? heardMs;
}
