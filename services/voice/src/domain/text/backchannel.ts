import { wordsOf } from './same-words.js';

/**
 * "mhm", "yeah, okay": the caller listens and wants nothing. Only a text made of nothing but
 * such phrases is one: "okay stop" is not.
 */
export function isBackchannel(text: string, phrases: readonly string[]): boolean {
  const words = wordsOf(text);
  if (words.length === 0) return false;
  const known = phrases.map(wordsOf).filter((phrase) => phrase.length > 0);
  let at = 0;
  while (at < words.length) {
    const fits = longestAt(words, at, known);
    if (fits === 0) return false;
    at += fits;
  }
  return true;
}

function longestAt(
  words: readonly string[],
  at: number,
  phrases: readonly (readonly string[])[],
): number {
  const lengths = phrases
    .filter((phrase) => phrase.every((word, index) => words[at + index] === word))
    .map((phrase) => phrase.length);
  return Math.max(0, ...lengths);
}
