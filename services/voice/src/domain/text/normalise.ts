import { baseLanguage } from '@trunkline/contracts';
import { englishRules, englishSpeaker } from './english.js';
import { wordingOf, type Wording } from './languages/wording.js';
import { applyRule, type CalendarDate, type Rule, type Speaker } from './rule.js';
import { signRules } from './signs.js';

/** Of those who write English, only the United States put the month first. */
const dayFirstEnglish = /^en-(?:GB|IE|AU|NZ|IN|ZA)$/i;

const made = new Map<string, readonly Rule[]>();

/**
 * What is written for the eye, as it is said: numbers, money, dates, times, telephone numbers,
 * addresses, units. English becomes words; Spanish, French, German and Hindi keep their digits,
 * which their voices read; other languages are left to the voice. Wants whole words: chunks of
 * the clause chunker, never tokens.
 */
export function normalise(text: string, language: string): string {
  if (!/[\d@&]|www\.|\.[a-z]{2}/i.test(text)) return text;
  return rulesOf(language).reduce(applyRule, text);
}

function rulesOf(language: string): readonly Rule[] {
  const base = baseLanguage(language);
  const key = dayFirstEnglish.test(language) ? 'en-GB' : base;
  const known = made.get(key);
  if (known) return known;
  const wording = wordingOf(base);
  const rules = wording ? rulesFor(base, wording, key === 'en-GB') : [];
  // Only languages we know have rules worth keeping, so the map stays small.
  if (wording) made.set(key, rules);
  return rules;
}

function rulesFor(base: string, wording: Wording, isDayFirst: boolean): readonly Rule[] {
  if (base === 'en') return [...signRules(englishSpeaker, isDayFirst), ...englishRules];
  return signRules(digitSpeaker(base, wording), wording.dayFirst);
}

function digitSpeaker(base: string, wording: Wording): Speaker {
  return {
    wording,
    number: (text) => text.replace('.', wording.decimalMark),
    digits: (text) => [...text].join(' '),
    date: (date) => dateOf(base, wording, date),
  };
}

function dateOf(base: string, wording: Wording, { year, month, day }: CalendarDate): string {
  const name = wording.months[month - 1] ?? '';
  if (base === 'es') return `${day} de ${name} de ${year}`;
  if (base === 'de') return `${day}. ${name} ${year}`;
  return `${base === 'fr' && day === 1 ? '1er' : day} ${name} ${year}`;
}
