import { wordsOf } from '../text/same-words.js';

const yes = new Set([
  ...['yes', 'yeah', 'yep', 'sure', 'okay', 'ok', 'agree', 'agreed', 'fine', 'absolutely'],
  ...['course', 'si', 'sí', 'oui', 'ja', 'sim', 'haan', 'claro', 'gerne'],
]);
const no = new Set([
  ...['no', 'nope', 'not', "don't", 'don’t', 'refuse', 'never', 'disagree', 'decline'],
  ...['non', 'nein', 'não', 'nahin', 'nicht'],
]);

/** A doubt is not a yes: whatever holds a no is one. */
export function consentIn(text: string): boolean | null {
  const words = wordsOf(text);
  if (words.some((word) => no.has(word))) return false;
  return words.some((word) => yes.has(word)) ? true : null;
}
