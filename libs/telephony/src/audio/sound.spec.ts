import { describe, expect, it } from '@jest/globals';
import { dtmfTones } from './dtmf-tones.js';
import { dbfsOf, peakOf, rmsOf } from './energy.js';
import { bytesOf, samplesOf, swapBytes } from './pcm-bytes.js';

function sine(hz: number, amplitude: number): Int16Array {
  return Int16Array.from({ length: 800 }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * index) / 8_000)),
  );
}

/** Goertzel: how much of one frequency is in the sound. */
function powerAt(pcm: Int16Array, hz: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / 8_000);
  let [one, two] = [0, 0];
  for (const sample of pcm) [one, two] = [sample + factor * one - two, one];
  return one * one + two * two - factor * one * two;
}

describe('energy', () => {
  it('measures a sine, silence and nothing', () => {
    expect(dbfsOf(sine(1_000, 32_767))).toBeCloseTo(-3.01, 1);
    expect(dbfsOf(sine(1_000, 3_277))).toBeCloseTo(-23, 1);
    expect(rmsOf(Int16Array.of(-32_768, -32_768))).toBe(1);
    expect(peakOf(Int16Array.of(5, -16_384))).toBe(0.5);
    expect([dbfsOf(new Int16Array(160)), dbfsOf(new Int16Array(0))]).toEqual([-100, -100]);
  });
});

describe('samplesOf', () => {
  it('reads little-endian bytes wherever they begin, and an odd one is left out', () => {
    const bytes = Uint8Array.of(9, 1, 0, 0xff, 0xff, 7);
    expect([...samplesOf(bytes.subarray(1))]).toEqual([1, -1]);
    expect([...samplesOf(bytes.slice(1, 5))]).toEqual([1, -1]);
    expect([...bytesOf(Int16Array.of(1, -1))]).toEqual([1, 0, 0xff, 0xff]);
  });

  it('swaps the bytes of every sample', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5);
    swapBytes(bytes);
    expect([...bytes]).toEqual([2, 1, 4, 3, 5]);
  });
});

describe('dtmfTones', () => {
  it.each([
    ['1', 697, 1209],
    ['5', 770, 1336],
    ['#', 941, 1477],
    ['D', 941, 1633],
  ])('makes %s of %d and %d Hz', (digit, low, high) => {
    const sound = dtmfTones(digit, 8_000).subarray(0, 800);
    const all = [697, 770, 852, 941, 1209, 1336, 1477, 1633];
    const loudest = all.toSorted((one, two) => powerAt(sound, two) - powerAt(sound, one));
    expect(new Set(loudest.slice(0, 2))).toEqual(new Set([low, high]));
    expect(peakOf(sound)).toBeLessThan(0.71);
  });

  it('divides digits by a gap, waits at w and skips what is no digit', () => {
    expect(dtmfTones('12', 8_000)).toHaveLength(2 * 1_440);
    expect(peakOf(dtmfTones('1', 8_000).subarray(800))).toBe(0);
    expect(dtmfTones('w?', 8_000)).toHaveLength(4_000);
  });
});
