/** A word and when it sounds, since the first sound of its utterance. */
export interface TimedWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A word whose greater part was heard counts. */
function isHeard({ startMs, endMs }: TimedWord, heardMs: number): boolean {
  return (startMs + endMs) / 2 <= heardMs;
}

/** What of an utterance the caller heard. Without the times of its words, its share of the text. */
export function heardText(
  utterance: {
    readonly text: string;
    readonly words: readonly TimedWord[];
    readonly soundMs: number;
  },
  heardMs: number,
): string {
  const { text, words, soundMs } = utterance;
  if (words.length > 0) {
    return words
      .filter((word) => isHeard(word, heardMs))
      .map((word) => word.text)
      .join(' ');
  }
  if (soundMs === 0 || heardMs >= soundMs) return heardMs > 0 ? text : '';
  return text
    .slice(0, Math.floor((text.length * heardMs) / soundMs))
    .replace(/\S*$/, '')
    .trim();
}

/** Where to go on after a pause: at the beginning of the word that was cut in two. */
export function resumePoint(words: readonly TimedWord[], heardMs: number): number {
  const started = words.filter(({ startMs }) => startMs <= heardMs);
  return started.at(-1)?.startMs ?? heardMs;
}
