import { errorShape } from './error-shape.js';
import type { FieldKind } from './log-fields.js';

export const MASK = '***';

const namePattern = /^[A-Za-z0-9_$.:/{}*,<>[\] -]{0,160}$/;
const idPattern = /^[A-Za-z0-9_.:-]{0,128}$/;

/** What must never get in, even through an allowed field. */
const telltales: readonly RegExp[] = [
  // Telephone numbers, and anything else that is only digits and punctuation between them.
  /(?:^|[^A-Za-z0-9-])\+?\d[\d\s().-]{5,}\d(?:$|[^A-Za-z0-9-])/,
  /@/,
  /tl_(?:run|adm)_/,
  // A JWT or the head of one.
  /eyJ[A-Za-z0-9_-]{8,}/,
  /bearer|basic |authorization|password|secret_|BEGIN /i,
  /\b(?:sk|pk|rk|key|whsec|xox[abp])[-_][A-Za-z0-9_-]{12,}/i,
  // Twilio's and its like: two letters and 32 hex digits.
  /\b[A-Z]{2}[0-9a-f]{32}\b/,
  /:\/\/[^/\s]*:[^/\s]*@/,
];

/** An unbroken run of mixed letters and digits this long is a secret until proved otherwise. */
const longRun = /[A-Za-z0-9+/=_]{40,}/;

export function looksSecret(text: string): boolean {
  if (telltales.some((telltale) => telltale.test(text))) return true;
  return longRun.test(text) && /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);
}

/** The value as it may be logged. Objects and arrays are no values: flatten or drop them. */
export function logValue(kind: FieldKind, value: unknown): unknown {
  switch (kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : MASK;
    case 'flag':
      return typeof value === 'boolean' ? value : MASK;
    case 'error':
      return errorShape(value);
    case 'name':
      return safeText(value, namePattern);
    case 'id':
      return safeText(value, idPattern);
  }
}

function safeText(value: unknown, pattern: RegExp): string {
  if (typeof value !== 'string') return MASK;
  return pattern.test(value) && !looksSecret(value) ? value : MASK;
}
