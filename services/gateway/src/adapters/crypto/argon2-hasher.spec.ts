import { describe, expect, it } from '@jest/globals';
import { Argon2Hasher } from './argon2-hasher.js';

describe('password hashes', () => {
  const hasher = new Argon2Hasher();

  it('are argon2id with at least 19 MiB, two passes and a salt of their own', async () => {
    const [one, other] = [await hasher.hash('a sentence'), await hasher.hash('a sentence')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
  });

  it('open for the password in any spelling of its characters, and for nothing else', async () => {
    const known = await hasher.hash('Ünïcode sentence');
    expect(await hasher.verify(known, 'U\u0308nï'.normalize('NFD') + 'code sentence')).toBe(true);
    expect(await hasher.verify(known, 'ünïcode sentence')).toBe(false);
    expect(await hasher.verify(undefined, 'Ünïcode sentence')).toBe(false);
    expect(await hasher.verify('[redacted]', 'Ünïcode sentence')).toBe(false);
  });
});
