import { describe, expect, it } from '@jest/globals';
import { dbfsOf, decodeMuLaw } from '@trunkline/telephony';
import { murmurOf, murmurs } from '../../domain/play/murmur.js';
import { phoneFormat } from '../ports/index.js';
import { backgroundMix } from './background-sound.js';

describe('background sound', () => {
  it.each(murmurs)('%s is quieter than speech, never clips and has no click at the seam', (one) => {
    const sound = murmurOf(one, 8000);
    expect(dbfsOf(sound)).toBeGreaterThan(-30);
    expect(dbfsOf(sound)).toBeLessThan(-20);
    expect(Math.max(...sound.map((sample) => Math.abs(sample)))).toBeLessThan(32_767);
    expect(Math.abs((sound[0] ?? 0) - (sound.at(-1) ?? 0))).toBeLessThan(400);
  });

  it('differs from room to room and is the same in every process', () => {
    const office = murmurOf('office', 8000);
    expect(office).toEqual(murmurOf('office', 8000));
    expect(office).not.toEqual(murmurOf('cafe', 8000));
  });

  it('is laid under silence at its volume', () => {
    const mix = backgroundMix(phoneFormat, { sound: 'cafe', volume: 0.5, offset: 0.3 });
    const pcm = new Int16Array(160 * 100);
    for (let index = 0; index < 100; index += 1) {
      const frame = mix?.(new Uint8Array(160).fill(0xff)) ?? new Uint8Array();
      decodeMuLaw(frame, pcm.subarray(index * 160));
    }
    expect(dbfsOf(pcm)).toBeGreaterThan(-36);
    expect(dbfsOf(pcm)).toBeLessThan(-26);
  });

  it('is nothing at all where there is none', () => {
    expect(backgroundMix(phoneFormat, { sound: 'none', volume: 1, offset: 0 })).toBeNull();
    expect(backgroundMix(phoneFormat, { sound: 'cafe', volume: 0, offset: 0 })).toBeNull();
  });
});
