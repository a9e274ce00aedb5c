import { createHash, hkdfSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '@trunkline/kernel';

export const KEY_BYTES = 32;

export interface MasterKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** The master keys (KEKs) this process knows. The first one wraps, all of them unwrap. */
export class KeyRing {
  readonly newest: MasterKey;
  readonly #byKid: ReadonlyMap<string, MasterKey>;

  constructor(keys: readonly Uint8Array[]) {
    const known = keys.map((key) => ({ kid: keyId(key), key }));
    const [newest] = known;
    if (!newest) throw new TypeError('A key ring needs a key');
    this.newest = newest;
    this.#byKid = new Map(known.map((key) => [key.kid, key]));
  }

  byKid(kid: string): MasterKey {
    const key = this.#byKid.get(kid);
    if (!key) throw new AppError('crypto.unknown-key', { details: { kid } });
    return key;
  }
}

/** One base64 key of 32 bytes a line, the newest first; rotation adds a line on top. */
export async function loadKeyRing(path: string): Promise<KeyRing> {
  const text = await readFile(path, 'utf8');
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '').map(parseKey);
  return new KeyRing(keys);
}

/** The first eight hex digits of its SHA-256: names a key without giving it away. */
export function keyId(key: Uint8Array): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

/**
 * Another secret for another purpose out of a master key (HKDF-SHA-256). The same `info`
 * always gives the same bytes, which lets a repeated request answer the same secret.
 */
export function deriveSecret(key: Uint8Array, info: string, lengthBytes = KEY_BYTES): Buffer {
  return Buffer.from(hkdfSync('sha256', key, new Uint8Array(0), info, lengthBytes));
}

function parseKey(line: string): Uint8Array {
  const key = Buffer.from(line, 'base64');
  const isExact = key.byteLength === KEY_BYTES && key.toString('base64') === line;
  if (!isExact) throw new TypeError('A line of the key file is not 32 bytes in base64');
  return new Uint8Array(key);
}
