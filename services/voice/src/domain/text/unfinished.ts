import { wordingOf } from './languages/wording.js';

/** Nothing that is meant to be heard is held longer than this for the sake of its form. */
const MAX_HELD_CHARACTERS = 80;
const MAX_LINK_CHARACTERS = 300;

const months = new Set(
  ['en', 'es', 'fr', 'de', 'hi'].flatMap((language) => wordingOf(language)?.months ?? []),
);
const shortMonth = /^(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?$/;
const money = /^(?:USD|EUR|GBP|INR|JPY)$/;
/** A number, or the sign before or after one. */
const numeric = /[\d$€£₹¥%°]|^[#+(]$/u;
const joins = /^(?:of|de|to|[-–—])$/;
const halfOfDay = /^[ap]\.m\.$/i;
const sentenceEnd = /[.!?;:]["”’»)\]]*$/u;

interface Word {
  readonly text: string;
  readonly at: number;
}

/**
 * Where the end of a text begins that may belong together with what follows: numbers with their
 * units, dates, the halves of a telephone number or of a link. The whole length: nowhere.
 */
export function mayGoOn(text: string): number {
  return Math.min(startOfNumbers(text), startOfLink(text));
}

function startOfNumbers(text: string): number {
  const words = lastWords(text);
  const last = words.at(-1);
  if (!last || !isOpen(last.text, words.at(-2)?.text ?? '')) return text.length;
  let start = last.at;
  for (let index = words.length - 2; index >= 0; index -= 1) {
    const word = words[index];
    if (!word || !isPart(word.text)) break;
    start = word.at;
  }
  return text.length - start > MAX_HELD_CHARACTERS ? text.length : start;
}

/** Whether the last word of a text waits for the next one. */
function isOpen(word: string, before: string): boolean {
  if (halfOfDay.test(word) || shortMonth.test(word)) return true;
  if (joins.test(word)) return numeric.test(before);
  if (sentenceEnd.test(word)) return false;
  return isPart(word);
}

function isPart(word: string): boolean {
  const bare = word.replace(/[,.]+$/, '');
  const isName = months.has(bare) || shortMonth.test(bare) || money.test(bare);
  return isName || numeric.test(word) || joins.test(word);
}

function lastWords(text: string): Word[] {
  const from = Math.max(0, text.length - MAX_HELD_CHARACTERS - 20);
  return [...text.slice(from).matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    at: from + match.index,
  }));
}

function startOfLink(text: string): number {
  const open = text.lastIndexOf('[');
  if (open < 0 || text.length - open > MAX_LINK_CHARACTERS) return text.length;
  return /^\[[^\]]*(?:$|\]\([^)]*$)/.test(text.slice(open)) ? open : text.length;
}
