const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = ' ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const scales = ['', ' thousand', ' million', ' billion', ' trillion', ' quadrillion'];
const irregular: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** Whole numbers below 10^18, as digits without separators. */
export function cardinal(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/, '');
  if (plain === '0') return 'zero';
  const groups = plain.match(/\d{1,3}(?=(?:\d{3})*$)/g) ?? [];
  return groups
    .map((group, index) => ({ value: Number(group), scale: scales[groups.length - 1 - index] }))
    .filter(({ value }) => value > 0)
    .map(({ value, scale }) => belowThousand(value) + (scale ?? ''))
    .join(' ');
}

export function ordinal(digits: string): string {
  const words = cardinal(digits);
  const cut = Math.max(words.lastIndexOf(' '), words.lastIndexOf('-')) + 1;
  const last = words.slice(cut);
  const ending = last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`;
  return words.slice(0, cut) + (irregular[last] ?? ending);
}

/** 1905: nineteen oh five; 2005: two thousand five; 2025: twenty twenty-five. */
export function year(digits: string): string {
  const value = Number(digits);
  const [century, rest] = [Math.floor(value / 100), value % 100];
  if (value % 1000 < 10 && value >= 1000) return cardinal(digits);
  if (rest === 0) return `${cardinal(String(century))} hundred`;
  const tail = rest < 10 ? `oh ${cardinal(String(rest))}` : cardinal(String(rest));
  return `${cardinal(String(century))} ${tail}`;
}

export function oneByOne(digits: string): string {
  return [...digits].map((digit) => small[Number(digit)] ?? digit).join(' ');
}

/** "3.50", "1,250", "-4": `undefined` for what is too long to be a quantity. */
export function quantity(text: string): string | undefined {
  const match = /^([-−]?)([\d,]+)(?:\.(\d+))?$/.exec(text);
  const whole = match?.[2]?.replaceAll(',', '') ?? '';
  if (!match || whole === '' || whole.length > 18) return undefined;
  const sign = match[1] === '' ? '' : 'minus ';
  const fraction = match[3] === undefined ? '' : ` point ${oneByOne(match[3])}`;
  return sign + cardinal(whole) + fraction;
}

function belowThousand(value: number): string {
  if (value < 100) return belowHundred(value);
  const rest = value % 100;
  const hundreds = `${small[Math.floor(value / 100)]} hundred`;
  return rest === 0 ? hundreds : `${hundreds} ${belowHundred(rest)}`;
}

function belowHundred(value: number): string {
  if (value < 20) return small[value] ?? '';
  const ten = tens[Math.floor(value / 10)] ?? '';
  return value % 10 === 0 ? ten : `${ten}-${small[value % 10]}`;
}
