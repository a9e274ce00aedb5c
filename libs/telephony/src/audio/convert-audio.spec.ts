import { describe, expect, it } from '@jest/globals';
import { convertAudio } from './convert-audio.js';
import { bytesOf, samplesOf } from './pcm-bytes.js';

const phone = { encoding: 'mulaw', rateHz: 8000 } as const;
const pcm = (rateHz: number) => ({ encoding: 'pcm16le', rateHz }) as const;

function tone(rateHz: number, samples: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, at) =>
    Math.round(12_000 * Math.sin((2 * Math.PI * 440 * at) / rateHz)),
  );
}

describe('convertAudio', () => {
  it('hands sound through that is right already', () => {
    const frame = new Uint8Array(160).fill(7);
    expect(convertAudio(phone, phone).convert(frame)).toBe(frame);
  });

  it('E2 makes whole frames of whole frames for every model and line', () => {
    const alaw = { encoding: 'alaw', rateHz: 8000 } as const;
    for (const [from, frame] of [[phone, 160] as const, [alaw, 160] as const]) {
      const converter = convertAudio(from, pcm(16_000));
      for (let times = 0; times < 5; times += 1) {
        expect(converter.convert(new Uint8Array(frame).fill(0xd5))).toHaveLength(640);
      }
    }
    expect(convertAudio(pcm(24_000), phone).convert(new Uint8Array(960))).toHaveLength(160);
    expect(convertAudio(pcm(24_000), pcm(16_000)).convert(new Uint8Array(960))).toHaveLength(640);
  });

  it('loses no sample where the network cuts one in two', () => {
    const bytes = bytesOf(tone(24_000, 4800));
    const whole = convertAudio(pcm(24_000), phone).convert(bytes);
    const cut = convertAudio(pcm(24_000), phone);
    const pieces = [bytes.subarray(0, 961), bytes.subarray(961, 962), bytes.subarray(962)];
    expect(Buffer.concat(pieces.map((piece) => cut.convert(piece)))).toEqual(Buffer.from(whole));
  });

  it('E2 a tone comes back from the phone and keeps its loudness', () => {
    const there = convertAudio(pcm(24_000), phone).convert(bytesOf(tone(24_000, 24_000)));
    const back = samplesOf(convertAudio(phone, pcm(16_000)).convert(there));
    const peak = back.subarray(1600).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    expect(Math.abs(peak - 12_000)).toBeLessThan(600);
  });
});
