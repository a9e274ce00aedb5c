import { errorShape } from './error-shape.js';
import type { FieldKind } from './log-fields.js';
import { looksSecret } from './looks-secret.js';

export const MASK = '***';

const namePattern = /^[A-Za-z0-9_$.:/{}*,<>[\] -]{0,160}$/;
const idPattern = /^[A-Za-z0-9_.:-]{0,128}$/;

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
