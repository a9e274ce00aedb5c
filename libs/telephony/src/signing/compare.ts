import { createHmac, timingSafeEqual } from 'node:crypto';

/** Takes as long for a near miss as for a far one. */
export function isSameText(given: string, expected: string): boolean {
  const left = Buffer.from(given, 'utf8');
  const right = Buffer.from(expected, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Tries every pair, so that the time does not say which key or candidate was right. */
export function isAnySigned(given: readonly string[], expected: readonly string[]): boolean {
  let found = false;
  for (const one of given) {
    for (const other of expected) found = isSameText(one, other) || found;
  }
  return found;
}

export function hmacBase64(algorithm: 'sha1' | 'sha256', key: string, text: string): string {
  return createHmac(algorithm, key).update(text, 'utf8').digest('base64');
}
