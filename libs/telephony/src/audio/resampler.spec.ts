import { describe, expect, it } from '@jest/globals';
import { decodeMuLaw, encodeMuLaw } from './mu-law.js';
import { Resampler } from './resampler.js';

const LOUD = 20_000;

function tone(hz: number, rateHz: number, samples: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, index) =>
    Math.round(LOUD * Math.sin((2 * Math.PI * hz * index) / rateHz)),
  );
}

function resampled(pcm: Int16Array, rates: { fromHz: number; toHz: number }): Int16Array {
  const resampler = new Resampler(rates);
  const frame = rates.fromHz / 50;
  const out: number[] = [];
  for (let at = 0; at < pcm.length; at += frame) {
    const piece = resampler.push(pcm.subarray(at, at + frame));
    expect(piece.length).toBe(rates.toHz / 50);
    out.push(...piece);
  }
  return Int16Array.from(out);
}

/** Of one tone against everything else, by fitting a sine and a cosine to it. */
function signalToNoiseDb(pcm: Int16Array, hz: number, rateHz: number): number {
  const settled = pcm.subarray(rateHz / 10);
  const angle = (index: number): number => (2 * Math.PI * hz * index) / rateHz;
  const project = (wave: (x: number) => number): number =>
    (2 / settled.length) *
    settled.reduce((sum, sample, index) => sum + sample * wave(angle(index)), 0);
  const [sine, cosine] = [project(Math.sin), project(Math.cos)];
  const noise = settled.reduce((sum, sample, index) => {
    const fitted = sine * Math.sin(angle(index)) + cosine * Math.cos(angle(index));
    return sum + (sample - fitted) ** 2;
  }, 0);
  const signal = (settled.length * (sine ** 2 + cosine ** 2)) / 2;
  return 10 * Math.log10(signal / noise);
}

describe('Resampler', () => {
  it('E2 keeps a tone clean from 8 kHz and from 24 kHz', () => {
    for (const fromHz of [8000, 24_000]) {
      const out = resampled(tone(1000, fromHz, fromHz), { fromHz, toHz: 16_000 });
      expect(out.length).toBe(16_000);
      expect(signalToNoiseDb(out, 1000, 16_000)).toBeGreaterThan(70);
    }
  });

  it('E2 adds nothing to what µ-law loses', () => {
    const pcm = tone(1000, 8000, 8000);
    const [bytes, decoded] = [new Uint8Array(8000), new Int16Array(8000)];
    encodeMuLaw(pcm, bytes);
    decodeMuLaw(bytes, decoded);
    const out = resampled(decoded, { fromHz: 8000, toHz: 16_000 });
    expect(signalToNoiseDb(out, 1000, 16_000)).toBeGreaterThan(35);
  });

  it('E2 keeps a tone clean between all rates, with the exact length of every frame', () => {
    const rates = [8000, 16_000, 24_000];
    for (const fromHz of rates) {
      for (const toHz of rates.filter((rate) => rate !== fromHz)) {
        const out = resampled(tone(1000, fromHz, fromHz), { fromHz, toHz });
        expect(out.length).toBe(toHz);
        expect(signalToNoiseDb(out, 1000, toHz)).toBeGreaterThan(60);
      }
    }
  });

  it('E2 folds nothing back that 8 kHz cannot hold', () => {
    for (const fromHz of [16_000, 24_000]) {
      const out = resampled(tone(5000, fromHz, fromHz), { fromHz, toHz: 8000 });
      const loudest = out.subarray(800).reduce((peak, one) => Math.max(peak, Math.abs(one)), 0);
      expect(loudest).toBeLessThan(LOUD / 1000);
    }
  });

  it('lets nothing through that 16 kHz cannot hold', () => {
    const out = resampled(tone(10_000, 24_000, 24_000), { fromHz: 24_000, toHz: 16_000 });
    const loudest = out.subarray(1600).reduce((peak, one) => Math.max(peak, Math.abs(one)), 0);
    expect(loudest).toBeLessThan(LOUD / 100);
  });

  it('hands 16 kHz through as it is', () => {
    const pcm = tone(440, 16_000, 320);
    expect(new Resampler({ fromHz: 16_000, toHz: 16_000 }).push(pcm)).toEqual(pcm);
  });
});
