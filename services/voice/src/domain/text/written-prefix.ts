export interface SpokenPiece {
  /** As the model wrote it: joined, these are its reply. */
  readonly written: string;
  /** As it is said; empty where there is nothing to say. */
  readonly spoken: string;
}

/** What of the writing is heard or not heard as a whole: a word, or "$23". */
interface Unit {
  readonly written: string;
  readonly letters: number;
}

const unspaced = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}';
/** A word with the space before it; scripts without spaces go sign by sign. */
const wordPattern = new RegExp(`\\s*(?:[${unspaced}]\\p{M}*|[^\\s${unspaced}]+)`, 'gu');
const letterPattern = /[\p{L}\p{N}]/gu;

/** Counting these finds a place in what was said, however a voice splits and punctuates it. */
export function lettersIn(text: string): number {
  return text.match(letterPattern)?.length ?? 0;
}

/** The beginning of the writing whose spoken form is no longer than so many letters. */
export function writtenUpTo(pieces: readonly SpokenPiece[], letters: number): string {
  let rest = letters;
  let written = '';
  if (letters === 0) return written;
  for (const unit of pieces.flatMap(unitsOf)) {
    rest -= unit.letters;
    if (rest < 0) break;
    written += unit.written;
  }
  return written.trimEnd();
}

/** Words that are said as they are written stand alone; what differs between them is one unit. */
function unitsOf({ written, spoken }: SpokenPiece): Unit[] {
  const words = soundingWords(written);
  const said = soundingWords(spoken);
  const first = agreeing(words, said);
  const last = agreeing(words.slice(first).toReversed(), said.slice(first).toReversed());
  const alone = (word: string): Unit => ({ written: word, letters: lettersIn(word) });
  const different = words.slice(first, words.length - last);
  const saidOfIt = said.slice(first, said.length - last).join('');
  const middle = { written: different.join(''), letters: lettersIn(saidOfIt) };
  return [
    ...words.slice(0, first).map(alone),
    ...(different.length > 0 || saidOfIt !== '' ? [middle] : []),
    ...words.slice(words.length - last).map(alone),
  ];
}

/** Dashes and marks go with the word before them; joined, the words are the text. */
function soundingWords(text: string): string[] {
  const found = text.match(wordPattern) ?? [];
  const tail = text.slice(found.join('').length);
  const words: string[] = [];
  for (const word of [...found, tail]) {
    const before = words.at(-1);
    if (before !== undefined && (lettersIn(word) === 0 || lettersIn(before) === 0)) {
      words[words.length - 1] = before + word;
    } else if (word !== '') words.push(word);
  }
  return words;
}

function agreeing(some: readonly string[], others: readonly string[]): number {
  const differs = some.findIndex((word, at) => bare(word) !== bare(others[at] ?? ''));
  return differs === -1 ? some.length : differs;
}

function bare(word: string): string {
  return (word.match(letterPattern) ?? []).join('').toLowerCase();
}
