import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, property, uint8Array } from 'fast-check';
import { base62, readKey, writeKey } from './key-text.js';

const id = '0123456789abcdef';

describe('the text of a key', () => {
  it('says kind and id, and survives being read', () => {
    const secret = uint8Array({ minLength: 32, maxLength: 32 });
    assert(
      property(secret, constantFrom('runtime', 'admin'), (bytes, kind) => {
        const text = writeKey(kind, id, bytes);
        expect(text).toMatch(/^tl_(run|adm)_[0-9a-f]{16}_[0-9A-Za-z]{43}$/);
        expect(readKey(text)).toEqual({ kind, id });
      }),
    );
  });

  it('keeps all 256 bits of the secret', () => {
    expect(base62(new Uint8Array(32))).toBe('0'.repeat(43));
    const most = base62(new Uint8Array(32).fill(255));
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const value = [...most].reduce((sum, char) => sum * 62n + BigInt(alphabet.indexOf(char)), 0n);
    expect(value).toBe(2n ** 256n - 1n);
    expect(() => base62(new Uint8Array(31))).toThrow(RangeError);
  });

  it.each(['', 'tl_run_', `tl_xxx_${id}_${'A'.repeat(43)}`, `tl_run_${id}_${'A'.repeat(42)}`])(
    'is not %s',
    (text) => expect(readKey(text)).toBeUndefined(),
  );

  it('is read in linear time whatever is sent', () => {
    expect(readKey(`tl_run_${'0'.repeat(100_000)}`)).toBeUndefined();
  });
});
