import { describe, expect, it } from '@jest/globals';
import { phoneFormat } from '../ports/index.js';
import { AudioRing } from './audio-ring.js';

const frame = (mark: number, bytes = 160): Uint8Array => new Uint8Array(bytes).fill(mark);

function replayed(ring: AudioRing, fromMs: number): [number, number[]] {
  const marks: number[] = [];
  const startMs = ring.replay(fromMs, (sound) => marks.push(sound[0] ?? -1));
  return [startMs, marks];
}

describe('AudioRing', () => {
  it('keeps the last frames and says where they begin', () => {
    const ring = new AudioRing(phoneFormat, 100);
    for (let n = 0; n < 7; n += 1) ring.append(frame(n), false);
    expect([ring.startMs, ring.endMs]).toEqual([40, 140]);
    expect(replayed(ring, 0)).toEqual([40, [2, 3, 4, 5, 6]]);
  });

  it('plays from the whole frame at or before a position', () => {
    const ring = new AudioRing(phoneFormat, 100);
    for (let n = 0; n < 4; n += 1) ring.append(frame(n), false);
    expect(replayed(ring, 59)).toEqual([40, [2, 3]]);
    expect(replayed(ring, 500)).toEqual([80, []]);
  });

  it('counts the loud frames it pushes out', () => {
    const ring = new AudioRing(phoneFormat, 40);
    const pushedOut = [true, false, true, false, false].map((loud) => ring.append(frame(1), loud));
    expect(pushedOut).toEqual([0, 0, 1, 0, 1]);
  });

  it('takes frames of any length', () => {
    const ring = new AudioRing(phoneFormat, 60);
    ring.append(frame(1, 100), false);
    ring.append(frame(2, 400), false);
    const sizes: number[] = [];
    const whole: number[] = [];
    ring.replay(0, (sound) => {
      sizes.push(sound.length);
      whole.push(...sound);
    });
    expect(sizes).toEqual([160, 160, 20]);
    expect(whole.slice(-20)).toEqual([...frame(2, 20)]);
  });
});
