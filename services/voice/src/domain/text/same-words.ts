const wordPattern = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
/** Written without spaces: two letters are about a word. */
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+$/u;

/** Lower case, without punctuation or accents of a different encoding. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFC').toLowerCase().replaceAll('’', "'");
  return plain.match(wordPattern) ?? [];
}

export function wordCount(text: string): number {
  return wordsOf(text).reduce(
    (sum, word) => sum + (unspaced.test(word) ? Math.ceil([...word].length / 2) : 1),
    0,
  );
}

/** Whether a reply prepared for one transcript is a reply to the other as well. */
export function sameWords(one: string, other: string): boolean {
  return wordsOf(one).join(' ') === wordsOf(other).join(' ');
}
