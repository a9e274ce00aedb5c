import type { KeyKind } from '@trunkline/contracts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62^43 is the first power above 2^256. */
const SECRET_CHARS = 43;

const kindTokens: Readonly<Record<KeyKind, string>> = { runtime: 'run', admin: 'adm' };

export function writeKey(kind: KeyKind, id: string, secret: Uint8Array): string {
  return `tl_${kindTokens[kind]}_${id}_${base62(secret)}`;
}

export interface KeyText {
  readonly kind: KeyKind;
  readonly id: string;
}

/** Cheap and total: what does not look like a key never reaches a database. */
export function readKey(text: string): KeyText | undefined {
  const [, kind, id] = /^tl_(run|adm)_([0-9a-f]{16})_[0-9A-Za-z]{43}$/.exec(text) ?? [];
  if (!kind || !id) return undefined;
  return { kind: kind === 'run' ? 'runtime' : 'admin', id };
}

export function base62(bytes: Uint8Array): string {
  if (bytes.length !== SECRET_BYTES) throw new RangeError('a secret has 32 bytes');
  let rest = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = '';
  while (text.length < SECRET_CHARS) {
    text = (digits[Number(rest % 62n)] ?? '') + text;
    rest /= 62n;
  }
  return text;
}
