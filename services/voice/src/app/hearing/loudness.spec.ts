import { describe, expect, it } from '@jest/globals';
import { isLoud } from './loudness.js';

const pcm = { encoding: 'pcm16le', rateHz: 8000 } as const;
const tone = (amplitude: number): Uint8Array => {
  const samples = Int16Array.from({ length: 160 }, (_, n) => amplitude * Math.sin(n));
  return new Uint8Array(samples.buffer);
};

describe('isLoud', () => {
  it.each([
    ['mulaw', 0xff, 0x10],
    ['alaw', 0xd5, 0x25],
  ] as const)('tells speech from silence in %s', (encoding, quiet, loud) => {
    const format = { encoding, rateHz: 8000 } as const;
    expect(isLoud(new Uint8Array(160).fill(quiet), format)).toBe(false);
    expect(isLoud(new Uint8Array(160).fill(quiet & 0x7f), format)).toBe(false);
    expect(isLoud(new Uint8Array(160).fill(loud), format)).toBe(true);
  });

  it('tells speech from hiss in linear sound', () => {
    expect(isLoud(tone(0), pcm)).toBe(false);
    expect(isLoud(tone(300), pcm)).toBe(false);
    expect(isLoud(tone(5000), pcm)).toBe(true);
  });
});
