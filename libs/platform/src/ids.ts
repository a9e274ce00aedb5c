import { createHash, randomFillSync } from 'node:crypto';
import { uuidV7 } from '@trunkline/kernel';

const RANDOM_BYTES = 10;
/** Drawn for many ids at once: the system call costs more than the rest of an id. */
const drawn = new Uint8Array(RANDOM_BYTES * 400);
let used = drawn.length;

/** A new id that sorts by time; fit for a subject token. */
export function newId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += RANDOM_BYTES;
  return uuidV7(Date.now(), drawn.subarray(used - RANDOM_BYTES, used));
}

/** The same parts give the same id, and no two lists of parts share one by accident. */
export function derivedId(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
