import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@trunkline/kernel';

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function sameHash(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'hex'), Buffer.from(right, 'hex')];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

/**
 * A repeated request derives its secret again. Under another master key, or after the secret
 * was replaced, that is another secret: better no answer than one that opens nothing.
 */
export function demandSameSecret(storedHash: unknown, text: string): void {
  if (storedHash !== sha256Hex(text)) throw new AppError('state.conflict');
}
