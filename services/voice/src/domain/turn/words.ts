/** Comparing what was said, whatever a model makes of case and punctuation. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
}

export function sameWords(one: string, other: string): boolean {
  return wordsOf(one).join(' ') === wordsOf(other).join(' ');
}

/** Nothing but listening noises: "mhm", "okay, yeah". */
export function isBackchannel(text: string, backchannels: readonly string[]): boolean {
  let rest = ` ${wordsOf(text).join(' ')} `;
  if (rest.trim() === '') return true;
  const phrases = backchannels
    .map((phrase) => wordsOf(phrase).join(' '))
    .filter((phrase) => phrase !== '')
    .toSorted((one, other) => other.length - one.length);
  for (const phrase of phrases) rest = rest.replaceAll(` ${phrase} `, '  ');
  return rest.trim() === '';
}

export function joinText(one: string, other: string): string {
  return [one.trim(), other.trim()].filter((part) => part !== '').join(' ');
}
