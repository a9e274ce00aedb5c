import { cardinal, oneByOne, ordinal, quantity, year } from './languages/english-numbers.js';
import type { CalendarDate, Rule, Speaker } from './rule.js';
import { wordingOf, type Wording } from './languages/wording.js';

const wording = wordingOf('en') as Wording;
const monthNames = wording.months.join('|');
const shortMonths = 'Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec';
const month = `(?:${monthNames}|(?:${shortMonths})\\.?)`;
const ordinalEnd = '(?:st|nd|rd|th)';
const yearDigits = '(?:1[1-9]|20)\\d\\d';

export const englishSpeaker: Speaker = {
  wording,
  number: (text) => quantity(text) ?? oneByOne(text),
  digits: oneByOne,
  date: ({ year: digits, month: index, day }: CalendarDate) =>
    `${wording.months[index - 1]} ${ordinal(String(day))}, ${year(digits)}`,
};

/** After the signs; each rule sees what the ones before left over. */
export const englishRules: readonly Rule[] = [
  {
    pattern: new RegExp(
      `(?<![\\p{L}])(${month}) (\\d{1,2})${ordinalEnd}?(?![\\p{L}\\p{N}:])(?:(,?) (${yearDigits})(?![\\p{L}\\p{N}]))?`,
      'gu',
    ),
    say: ([, name = '', day = '', , digits = '']) =>
      `${fullMonth(name)} ${ordinal(day)}${digits === '' ? '' : `, ${year(digits)}`}`,
  },
  {
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}])(\\d{1,2})${ordinalEnd}?(?: of)? (${month})(?![\\p{L}])(?: (${yearDigits})(?![\\p{L}\\p{N}]))?`,
      'gu',
    ),
    say: ([, day = '', name = '', digits = '']) =>
      `${ordinal(day)} of ${fullMonth(name)}${digits === '' ? '' : ` ${year(digits)}`}`,
  },
  {
    pattern:
      /(?<![\p{N}:])(\d{1,2}):(\d{2})(?::\d{2})?(?![\p{N}:])(?:\s?([aApP])(\.[mM]\.|[mM](?!\p{L})))?/gu,
    say: ([whole = '', hour = '', minute = '', half = '', end = ''], after) => {
      if (Number(hour) > 24 || Number(minute) > 59) return whole;
      return clock(hour, minute, half) + restoredStop(end, after);
    },
  },
  {
    pattern: /(?<![\p{L}\p{N}.:])(\d{1,2})\s?([aApP])(\.[mM]\.|[mM](?!\p{L}))/gu,
    say: ([, hour = '', half = '', end = ''], after) =>
      `${cardinal(hour)} ${halfOfDay(half)}${restoredStop(end, after)}`,
  },
  {
    pattern: new RegExp(`(?<![\\p{L}\\p{N}.,])(\\d{1,9})${ordinalEnd}(?![\\p{L}\\p{N}])`, 'gu'),
    say: ([, digits = '']) => ordinal(digits),
  },
  {
    pattern: /(?<![\p{L}\p{N}])(1[1-9]\d|20\d)0s(?![\p{L}\p{N}])/gu,
    say: ([, decade = '']) => plural(year(`${decade}0`)),
  },
  { pattern: /(?<![\p{L}\p{N}/])24\/7(?![\p{L}\p{N}/])/gu, say: () => 'twenty-four seven' },
  {
    pattern: /(?<![\p{L}\p{N}/.])([1-9])\/(2|3|4)(?![\p{L}\p{N}/])/gu,
    say: ([, top = '', bottom = '']) => fraction(top, bottom),
  },
  { pattern: /#(?=\d)/g, say: () => 'number ' },
  { pattern: / & /g, say: () => ' and ' },
  {
    pattern:
      /(?<=(?:code|pin|number|ending in|extension|ext\.?|order|account|reference|zip|confirmation|room|flight|suite|route)(?: (?:number|code))?(?: is|:)? )\d{3,}(?![\p{L}\p{N}.,]\d)/giu,
    say: ([digits = '']) => oneByOne(digits),
  },
  {
    pattern: new RegExp(
      `(?<=(?:^|[^\\p{L}])(?:in|since|of|by|from|until|till|year|during|before|after|around|circa|to|spring|summer|autumn|fall|winter|${monthNames}) )(${yearDigits})(?![\\p{L}\\p{N}%]|[.,]\\d)`,
      'giu',
    ),
    say: ([, digits = '']) => year(digits),
  },
  {
    pattern:
      /(?<![\p{L}\p{N}.,-])(\d{1,4}(?:\.\d+)?)\s?[-–]\s?(\d{1,4}(?:\.\d+)?)(?![\p{L}\p{N}-]|[.,]\d)/gu,
    say: ([, from = '', to = '']) => `${said(from)} to ${said(to)}`,
  },
  {
    pattern: /(?<![\p{L}\p{N}_.,])([-−]?)(\d[\d,]*\d|\d)(\.\d+)?(?![\p{L}\p{N}_])/gu,
    say: ([whole = '']) => said(whole),
  },
];

/** What is too long or begins with a zero is a code, not a quantity. */
function said(text: string): string {
  const isCode = /^0\d/.test(text) || /^\d{7,}$/.test(text);
  return (isCode ? undefined : quantity(text)) ?? oneByOne(text.replaceAll(',', ''));
}

function fullMonth(name: string): string {
  return wording.months.find((one) => one.startsWith(name.slice(0, 3))) ?? name;
}

function clock(hour: string, minute: string, half: string): string {
  const hours = cardinal(hour);
  const suffix = half === '' ? '' : ` ${halfOfDay(half)}`;
  if (minute === '00') return half === '' ? `${hours} o'clock` : hours + suffix;
  const minutes = minute.startsWith('0') ? `oh ${cardinal(minute)}` : cardinal(minute);
  return `${hours} ${minutes}${suffix}`;
}

function halfOfDay(half: string): string {
  return half.toLowerCase() === 'a' ? 'AM' : 'PM';
}

/** The last point of "a.m." may have ended the sentence as well. */
function restoredStop(end: string, after: string): string {
  return end.endsWith('.') && /^\s*(?:$|\s\p{Lu})/u.test(after) ? '.' : '';
}

function plural(words: string): string {
  return words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`;
}

const parts: Readonly<Record<string, readonly [string, string]>> = {
  2: ['half', 'halves'],
  3: ['third', 'thirds'],
  4: ['quarter', 'quarters'],
};

function fraction(top: string, bottom: string): string {
  const [one, many] = parts[bottom] ?? ['', ''];
  return `${cardinal(top)} ${top === '1' ? one : many}`;
}
