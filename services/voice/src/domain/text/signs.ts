import type { CalendarDate, Rule, Speaker } from './rule.js';
import type { CurrencyWords } from './languages/wording.js';

const domainEnd =
  'com|org|net|edu|gov|io|co|ai|app|dev|info|biz|us|uk|de|fr|es|in|eu|ca|au|me|tv|it|nl|ch|at';
const currencyCodes: Readonly<Record<string, string>> = {
  USD: '$',
  EUR: '€',
  GBP: '£',
  INR: '₹',
  JPY: '¥',
};
const amount = String.raw`\d[\d.,\u00a0\u202f']*\d|\d`;
const scale = String.raw`(?:\s?(k|K|M|bn|thousand|million|billion|trillion|lakh|crore)(?![\p{L}\p{N}]))?`;
const scaleWords: Readonly<Record<string, string>> = {
  k: 'thousand',
  K: 'thousand',
  M: 'million',
  bn: 'billion',
};

/** What every language has: addresses, telephone numbers, money, dates, percent and units. */
export function signRules(speaker: Speaker, dayFirst: boolean): readonly Rule[] {
  return [
    ...addresses(speaker),
    isoDate(speaker),
    numericDate(speaker, dayFirst),
    telephone(speaker),
    ...money(speaker),
    percent(speaker),
    units(speaker),
  ];
}

function addresses(speaker: Speaker): readonly Rule[] {
  const { at } = speaker.wording;
  return [
    {
      pattern: /(?<![\p{L}\p{N}])([\w.+-]{1,64})@([\w-]+(?:\.[\w-]+)+)/gu,
      say: ([, name = '', host = '']) =>
        `${spelled(name, speaker)} ${at} ${spelled(host, speaker)}`,
    },
    {
      pattern: /\bhttps?:\/\/(?:www\.)?([^\s<>"')\]]{1,200}[^\s<>"')\].,;:!?])/gi,
      say: ([, address = '']) =>
        spelled(address.replace(/[?#].*$/, '').replace(/\/$/, ''), speaker),
    },
    {
      pattern: new RegExp(
        String.raw`(?<![\p{L}\p{N}@.-])(?:www\.)?((?:[a-z0-9-]{1,63}\.){1,4}(?:${domainEnd}))(?![\p{L}\p{N}@-])((?:/[\w./-]*[\w-])?)`,
        'giu',
      ),
      say: ([, host = '', path = '']) => spelled(host + path, speaker),
    },
  ];
}

function spelled(address: string, { wording }: Speaker): string {
  const { dot, dash, underscore, slash, plus } = wording;
  const signs: Readonly<Record<string, string>> = {
    '.': dot,
    '-': dash,
    _: underscore,
    '/': slash,
    '+': plus,
  };
  return address.replace(/[._/+-]/g, (sign) => ` ${signs[sign]} `).trim();
}

function isoDate(speaker: Speaker): Rule {
  return {
    pattern: /(?<![\p{L}\p{N}-])(\d{4})-(\d{2})-(\d{2})(?![\p{L}\p{N}-])/gu,
    say: ([whole = '', year = '', month, day]) =>
      dateOr(whole, speaker, { year, month: Number(month), day: Number(day) }),
  };
}

function numericDate(speaker: Speaker, dayFirst: boolean): Rule {
  return {
    pattern: /(?<![\p{L}\p{N}/.-])(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?![\p{L}\p{N}/-])/gu,
    say: ([whole = '', one, sign, other, year = '']) => {
      const isDayFirst = dayFirst || sign === '.' || Number(one) > 12;
      const [day, month] = isDayFirst ? [Number(one), Number(other)] : [Number(other), Number(one)];
      return dateOr(whole, speaker, { year, month, day });
    },
  };
}

function dateOr(whole: string, speaker: Speaker, date: CalendarDate): string {
  const isDate = date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31;
  return isDate ? speaker.date(date) : whole;
}

const MIN_TELEPHONE_DIGITS = 7;
const MAX_TELEPHONE_DIGITS = 15;

function telephone(speaker: Speaker): Rule {
  return {
    pattern:
      /(?<![\p{L}\p{N}.,$€£₹-])(?:\+|\()?\d[\d \u00a0().-]{5,20}\d(?![\p{L}\p{N}%€]|[.,]\d)/gu,
    say: ([whole = '']) => {
      const digits = whole.replace(/\D/g, '');
      const isLong = digits.length >= MIN_TELEPHONE_DIGITS && digits.length <= MAX_TELEPHONE_DIGITS;
      if (!isLong || !looksDialled(whole, digits)) return whole;
      const groups = digitGroups(whole, digits).map((group) => speaker.digits(group));
      const prefix = whole.startsWith('+') ? `${speaker.wording.plus} ` : '';
      return prefix + groups.join(', ');
    },
  };
}

function looksDialled(whole: string, digits: string): boolean {
  if (/^[+(]/.test(whole) || digits.startsWith('0')) return true;
  if (digits.length === 7) return /^\d{3}-\d{4}$/.test(whole);
  return digits.length >= 10 && /[ ().-]/.test(whole);
}

/** As it was written, and where it was not, as North America or in threes. */
function digitGroups(whole: string, digits: string): readonly string[] {
  const written = whole.match(/\d+/g) ?? [];
  if (written.length > 1) return written;
  const north = /^(1)?(\d{3})(\d{3})(\d{4})$/.exec(digits);
  if (north) return north.slice(1).filter((group) => group !== undefined);
  return digits.match(/\d{1,3}/g) ?? [];
}

function money(speaker: Speaker): readonly Rule[] {
  const signs = Object.keys(speaker.wording.currencies).join('');
  const codes = Object.keys(currencyCodes).join('|');
  const say = (sign: string, value: string, scaled: string): string => {
    const words = speaker.wording.currencies[currencyCodes[sign] ?? sign];
    return words ? moneyWords(speaker, words, { value, scaled }) : `${value} ${sign}`;
  };
  return [
    {
      pattern: new RegExp(`([${signs}]|(?<![\\p{L}])(?:${codes}))\\s?(${amount})${scale}`, 'gu'),
      say: ([, sign = '', value = '', scaled = '']) => say(sign, value, scaled),
    },
    {
      pattern: new RegExp(
        `(?<![\\p{L}\\p{N}])(${amount})${scale}\\s?([${signs}]|(?:${codes})(?![\\p{L}]))`,
        'gu',
      ),
      say: ([, value = '', scaled = '', sign = '']) => say(sign, value, scaled),
    },
  ];
}

function moneyWords(
  speaker: Speaker,
  words: CurrencyWords,
  { value, scaled }: { readonly value: string; readonly scaled: string },
): string {
  const [one, many] = words;
  const plain = plainNumber(value, speaker.wording.decimalMark);
  if (scaled !== '') return `${speaker.number(plain)} ${scaleWords[scaled] ?? scaled} ${many}`;
  const [whole = '0', fraction = ''] = plain.split('.');
  if (fraction.length !== 2) return `${speaker.number(plain)} ${plain === '1' ? one : many}`;
  return wholeAndCents(speaker, words, { whole, fraction });
}

function wholeAndCents(
  speaker: Speaker,
  [one, many, cent, cents]: CurrencyWords,
  { whole, fraction }: { readonly whole: string; readonly fraction: string },
): string {
  const big = `${speaker.number(whole)} ${whole === '1' ? one : many}`;
  const small = `${speaker.number(String(Number(fraction)))} ${fraction === '01' ? cent : cents}`;
  if (fraction === '00') return big;
  return whole === '0' ? small : `${big} ${speaker.wording.and} ${small}`;
}

/** "1.234,50" and "1,234.50" as "1234.50". */
function plainNumber(text: string, decimalMark: '.' | ','): string {
  const groupMark = decimalMark === '.' ? ',' : '.';
  const bare = text.replace(/[\u00a0\u202f']/g, '');
  // A point before exactly three digits groups thousands in these languages; "3.5" does not.
  const isForeign = decimalMark === ',' && /^\d+\.\d{1,2}$/.test(bare);
  return isForeign ? bare : bare.replaceAll(groupMark, '').replace(decimalMark, '.');
}

function percent(speaker: Speaker): Rule {
  return {
    pattern: new RegExp(`(?<![\\p{L}\\p{N}.,])(-?)(${amount})[\\s\\u00a0\\u202f]?%`, 'gu'),
    say: ([, sign = '', value = '']) =>
      `${signed(speaker, sign, value)} ${speaker.wording.percent}`,
  };
}

function units(speaker: Speaker): Rule {
  const all = Object.keys(speaker.wording.units).toSorted((a, b) => b.length - a.length);
  return {
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}.,-])(-?)(${amount})[\\s\\u00a0\\u202f]?(${all.join('|')})(?![\\p{L}\\p{N}/²])`,
      'gu',
    ),
    say: ([whole = '', sign = '', value = '', unit = '']) => {
      const words = speaker.wording.units[unit];
      if (!words) return whole;
      return `${signed(speaker, sign, value)} ${value === '1' ? words[0] : words[1]}`;
    },
  };
}

function signed(speaker: Speaker, sign: string, value: string): string {
  const plain = speaker.number(plainNumber(value, speaker.wording.decimalMark));
  return sign === '' ? plain : `${speaker.wording.minus} ${plain}`;
}
