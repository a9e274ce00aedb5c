import type { Wording } from './languages/wording.js';

/** What is found, and how it is said; the groups come as text, absent ones as ''. */
export interface Rule {
  readonly pattern: RegExp;
  say(groups: readonly string[], after: string): string;
}

export interface Speaker {
  readonly wording: Wording;
  /** A number as this language says it: words where we know them, else digits. */
  number(text: string): string;
  /** A row of digits, one by one. */
  digits(text: string): string;
  date(date: CalendarDate): string;
}

export interface CalendarDate {
  readonly year: string;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export function applyRule(text: string, rule: Rule): string {
  return text.replace(rule.pattern, (...found: unknown[]) => {
    const at = found.findIndex((one) => typeof one === 'number');
    const groups = found.slice(0, at).map((one) => (typeof one === 'string' ? one : ''));
    const offset = found[at] as number;
    return rule.say(groups, text.slice(offset + (groups[0]?.length ?? 0)));
  });
}
