import { wordsOf } from '../text/same-words.js';

/** They are in every passage and tell none from another, in any of these languages. */
const emptyWords = new Set(
  (
    'a an and are as at be by can do does for from have how i in is it me my of on or our please ' +
    'that the their there they this to us was we what when where which who will with would you ' +
    'your der die das und ist ein eine zu mit von den im el la los las de y en un una que es por ' +
    'con le les des et du est une pour dans sur का की के में है और से को'
  ).split(' '),
);
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+$/u;

/** The words of a text as they are looked for: without accents, plurals and empty words. */
export function termsOf(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !emptyWords.has(word))
    .flatMap((word) => (unspaced.test(word) ? pairsOf(word) : [stemOf(word)]));
}

function stemOf(word: string): string {
  const plain = word
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC');
  if (!/^[a-z']+$/.test(plain) || plain.length < 4) return plain;
  return plain
    .replace(/'s$|'$/, '')
    .replace(/(?<=[^aeiou])ies$/, 'y')
    .replace(/(?<=[sxz]|[cs]h)es$/, '')
    .replace(/(?<=[^su])s$/, '')
    .replace(/(?<=[a-z]{3})(?:ing|ed)$/, '');
}

/** Scripts without spaces: overlapping pairs of letters stand in for words. */
function pairsOf(word: string): string[] {
  const letters = [...word];
  if (letters.length < 2) return letters;
  return letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}
