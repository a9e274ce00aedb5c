import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EnvelopeCipher, type FieldAddress } from './envelope-cipher.js';
import { deriveSecret, KeyRing, loadKeyRing } from './key-ring.js';

const newKey = (): Uint8Array => new Uint8Array(randomBytes(32));
const address: FieldAddress = {
  tenant: 't1',
  collection: 'credentials',
  documentId: 'c1',
  field: 'apiKey',
};
const secret = 'sk-canary-0123456789 ü';

function setUp() {
  const cipher = new EnvelopeCipher(new KeyRing([newKey()]));
  const dataKey = cipher.createDataKey('t1');
  return { cipher, dataKey, sealed: cipher.encrypt(dataKey, address, secret) };
}

const unreadable = expect.objectContaining({ code: 'crypto.unreadable' });

describe('EnvelopeCipher', () => {
  it('V4 gives back what was encrypted, and never the same ciphertext twice', () => {
    const { cipher, dataKey, sealed } = setUp();
    expect(cipher.decrypt(dataKey, address, sealed)).toBe(secret);
    expect(sealed).not.toBe(cipher.encrypt(dataKey, address, secret));
    expect(sealed + JSON.stringify(dataKey)).not.toContain('canary');
  });

  it('V4 opens nowhere but where it was sealed', () => {
    const { cipher, dataKey, sealed } = setUp();
    const elsewhere = { collection: 'routes', documentId: 'c2', field: 'secret' };
    for (const [part, value] of Object.entries(elsewhere)) {
      const moved = { ...address, [part]: value };
      expect(() => cipher.decrypt(dataKey, moved, sealed)).toThrow(unreadable);
    }
  });

  it('V4 refuses a ciphertext, an address or a data key of another tenant', () => {
    const { cipher, dataKey, sealed } = setUp();
    const theirs = { ...address, tenant: 't2' };
    const theirKey = cipher.createDataKey('t2');
    expect(() => cipher.decrypt(dataKey, theirs, sealed)).toThrow(unreadable);
    expect(() => cipher.decrypt(theirKey, theirs, sealed)).toThrow(unreadable);
    const stolen = { ...dataKey, tenant: 't2' };
    expect(() => cipher.decrypt(stolen, theirs, sealed)).toThrow(unreadable);
    expect(() => cipher.encrypt(dataKey, theirs, secret)).toThrow(unreadable);
  });

  it('V4 notices every changed character', () => {
    const { cipher, dataKey, sealed } = setUp();
    for (let index = 0; index < sealed.length; index += 1) {
      const other = sealed[index] === 'A' ? 'B' : 'A';
      const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
      expect(() => cipher.decrypt(dataKey, address, changed)).toThrow(unreadable);
    }
    for (const broken of ['', 'v1', sealed.slice(0, -1), `${sealed}.x`, `${sealed}=`]) {
      expect(() => cipher.decrypt(dataKey, address, broken)).toThrow(unreadable);
    }
    const wrapped = dataKey.wrapped.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    expect(() => cipher.decrypt({ ...dataKey, wrapped }, address, sealed)).toThrow(unreadable);
  });

  it('V4 rotates the master key without touching a field, then forgets the old one', () => {
    const [oldKey, nextKey] = [newKey(), newKey()];
    const before = new EnvelopeCipher(new KeyRing([oldKey]));
    const dataKey = before.createDataKey('t1');
    const sealed = before.encrypt(dataKey, address, secret);

    const during = new EnvelopeCipher(new KeyRing([nextKey, oldKey]));
    expect(during.decrypt(dataKey, address, sealed)).toBe(secret);
    const rewrapped = during.rewrap(dataKey);
    expect(rewrapped).toMatchObject({ tenant: 't1', kid: dataKey.kid });
    expect(during.rewrap(rewrapped)).toBe(rewrapped);
    expect(() => during.rewrap({ ...dataKey, tenant: 't2' })).toThrow(unreadable);

    const after = new EnvelopeCipher(new KeyRing([nextKey]));
    expect(after.decrypt(rewrapped, address, sealed)).toBe(secret);
    const missing = expect.objectContaining({ code: 'crypto.unknown-key' });
    expect(() => after.decrypt(dataKey, address, sealed)).toThrow(missing);
  });

  it('derives a secret for each tenant and purpose that outlives the master key', () => {
    const [before, after] = [newKey(), newKey()];
    const old = new EnvelopeCipher(new KeyRing([before]));
    const dataKey = old.createDataKey('t1');
    const derived = old.derive(dataKey, 'tool-webhooks');
    const rotated = new EnvelopeCipher(new KeyRing([after, before]));
    expect(rotated.derive(rotated.rewrap(dataKey), 'tool-webhooks')).toEqual(derived);
    expect(old.derive(dataKey, 'other')).not.toEqual(derived);
    expect(old.derive(old.createDataKey('t2'), 'tool-webhooks')).not.toEqual(derived);
  });

  it('refuses addresses that could be read in two ways', () => {
    const { cipher, dataKey } = setUp();
    for (const field of ['a|b', '']) {
      expect(() => cipher.encrypt(dataKey, { ...address, field }, secret)).toThrow(TypeError);
    }
  });
});

describe('loadKeyRing', () => {
  it('reads one key a line, the newest first, and refuses anything else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keys-'));
    const file = join(folder, 'kek');
    const [first, second] = [newKey(), newKey()];
    const lines = [first, second].map((key) => Buffer.from(key).toString('base64'));
    await writeFile(file, `${lines.join('\n')}\n`);
    const ring = await loadKeyRing(file);
    expect(Buffer.from(ring.newest.key).equals(Buffer.from(first))).toBe(true);
    expect(ring.newest.kid).toMatch(/^[0-9a-f]{8}$/);
    for (const bad of ['', 'c2hvcnQ=', `${lines[0]}!`, lines.join('')]) {
      await writeFile(file, bad);
      await expect(loadKeyRing(file)).rejects.toThrow(TypeError);
    }
    await rm(folder, { recursive: true });
  });
});

describe('deriveSecret', () => {
  it('gives the same bytes for the same purpose and others for another', () => {
    const key = newKey();
    expect(deriveSecret(key, 'apikey|1').equals(deriveSecret(key, 'apikey|1'))).toBe(true);
    expect(deriveSecret(key, 'apikey|1').equals(deriveSecret(key, 'apikey|2'))).toBe(false);
    expect(deriveSecret(newKey(), 'apikey|1').equals(deriveSecret(key, 'apikey|1'))).toBe(false);
    expect(deriveSecret(key, 'x', 16).byteLength).toBe(16);
  });
});
