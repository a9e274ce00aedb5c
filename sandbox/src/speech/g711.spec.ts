import { describe, expect, it } from '@jest/globals';
import {
  decodeALaw,
  decodeMuLaw,
  decodeSound,
  encodeALaw,
  encodeMuLaw,
  encodeSound,
} from './g711.js';

const bytes = Array.from({ length: 256 }, (_, byte) => byte);

describe('G.711', () => {
  it('gives every byte back (µ-law has two zeros)', () => {
    expect(bytes.map((byte) => encodeMuLaw(decodeMuLaw(byte)))).toEqual(
      bytes.map((byte) => (byte === 0x7f ? 0xff : byte)),
    );
    expect(bytes.map((byte) => encodeALaw(decodeALaw(byte)))).toEqual(bytes);
  });

  it.each([
    [0, 0xff, 0xd5],
    [-1, 0x7f, 0x55],
    [32_767, 0x80, 0xaa],
    [-32_768, 0x00, 0x2a],
    [1000, 0xce, 0xfa],
  ])('encodes %i as the recommendation has it', (sample, mu, a) => {
    expect([encodeMuLaw(sample), encodeALaw(sample)]).toEqual([mu, a]);
  });

  it('decodes what it was told', () => {
    const samples = Int16Array.of(-30_000, -8, 0, 1, 12_345);
    expect(decodeSound(encodeSound(samples, 'linear16'), 'linear16')).toEqual(samples);
    for (const encoding of ['mulaw', 'alaw'] as const) {
      const heard = decodeSound(encodeSound(samples, encoding), encoding);
      heard.forEach((sample, at) => {
        const sent = samples[at] ?? 0;
        expect(Math.abs(sample - sent)).toBeLessThanOrEqual(Math.max(16, Math.abs(sent) / 16));
      });
    }
  });
});
