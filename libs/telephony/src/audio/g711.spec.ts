import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { A_LAW_SILENCE, decodeALaw, encodeALaw } from './a-law.js';
import { decodeMuLaw, encodeMuLaw, MU_LAW_SILENCE } from './mu-law.js';

// CommonJS, whose names an import does not find.
const { alaw, mulaw } = createRequire(import.meta.url)('alawmulaw') as typeof import('alawmulaw');
const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
const samples = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);

describe.each([
  ['µ-law', decodeMuLaw, encodeMuLaw, mulaw],
  ['A-law', decodeALaw, encodeALaw, alaw],
] as const)('%s', (name, decode, encode, oracle) => {
  it('E2 decodes every code and encodes every sample as the reference does', () => {
    const pcm = new Int16Array(256);
    expect(decode(codes, pcm)).toBe(256);
    expect([...pcm]).toEqual([...oracle.decode(codes)]);
    const bytes = new Uint8Array(65_536);
    expect(encode(samples, bytes)).toBe(65_536);
    expect(Buffer.from(bytes).equals(oracle.encode(samples))).toBe(true);
  });

  it('E2 survives the round trip exactly', () => {
    const pcm = new Int16Array(256);
    const back = new Uint8Array(256);
    decode(codes, pcm);
    encode(pcm, back);
    // The negative zero of µ-law is the one code that has no sample of its own.
    const expected = [...codes].map((code) => (name === 'µ-law' && code === 0x7f ? 0xff : code));
    expect([...back]).toEqual(expected);
  });

  it('writes no further than there is room', () => {
    const pcm = new Int16Array(3);
    expect(decode(codes, pcm)).toBe(3);
    const bytes = new Uint8Array(2);
    expect(encode(samples, bytes)).toBe(2);
  });
});

describe('silence', () => {
  it('is what zero is encoded as', () => {
    const byte = new Uint8Array(1);
    encodeMuLaw(new Int16Array(1), byte);
    expect(byte[0]).toBe(MU_LAW_SILENCE);
    encodeALaw(new Int16Array(1), byte);
    expect(byte[0]).toBe(A_LAW_SILENCE);
  });
});
