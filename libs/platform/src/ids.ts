import { createHash, randomBytes } from 'node:crypto';
import { uuidV7 } from '@trunkline/kernel';

const RANDOM_BYTES = 10;

/** A new id that sorts by time; fit for a subject token. */
export function newId(): string {
  return uuidV7(Date.now(), randomBytes(RANDOM_BYTES));
}

/** The same parts give the same id, and no two lists of parts share one by accident. */
export function derivedId(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
