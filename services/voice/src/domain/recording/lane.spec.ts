import { describe, expect, it } from '@jest/globals';
import { Lane, type LaneFrame } from './lane.js';

const frame = (number: number): Uint8Array => Uint8Array.of(number);
const shown = (frames: readonly LaneFrame[]): (number | null)[] =>
  frames.map((one) => one?.[0] ?? null);

describe('a lane of a recording', () => {
  it('given frames in their time, keeps them as they came', () => {
    const lane = new Lane();
    for (const tick of [0, 1, 2]) lane.heard(frame(tick), tick);
    expect(shown(lane.take(3))).toEqual([0, 1, 2]);
  });

  it('given a silent caller, has silence as long as they were silent', () => {
    const lane = new Lane();
    lane.heard(frame(1), 0);
    lane.heard(frame(2), 10);
    expect(shown(lane.take(11))).toEqual([1, ...Array.from({ length: 9 }, () => null), 2]);
  });

  it('given a burst after a gap, puts what was late into the gap', () => {
    const lane = new Lane();
    lane.heard(frame(1), 0);
    for (let number = 2; number <= 21; number += 1) lane.heard(frame(number), 20);
    const frames = shown(lane.take(26));
    const heard = frames.filter((one) => one !== null);
    expect(heard).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    expect(frames.indexOf(21)).toBeLessThanOrEqual(26);
  });

  it('given a sender whose clock runs fast, does not drift', () => {
    const lane = new Lane();
    for (let tick = 0; tick < 1000; tick += 1) {
      lane.heard(frame(1), tick);
      if (tick % 4 === 0) lane.heard(frame(2), tick);
    }
    expect(lane.waitingTicks).toBeLessThanOrEqual(1000 + 101);
  });

  it('given an agent ahead of the clock, plays on where it was', () => {
    const lane = new Lane();
    for (const number of [1, 2, 3]) lane.spoke(frame(number), 5);
    lane.spoke(frame(4), 6);
    expect(shown(lane.take(9))).toEqual([null, null, null, null, null, 1, 2, 3, 4]);
  });

  it('given a clear, forgets what nobody heard', () => {
    const lane = new Lane();
    for (const number of [1, 2, 3, 4]) lane.spoke(frame(number), 0);
    lane.clearFrom(2);
    lane.spoke(frame(9), 3);
    expect(shown(lane.take(4))).toEqual([1, 2, null, 9]);
  });

  it('given frames for a moment already handed out, goes on from there', () => {
    const lane = new Lane();
    expect(shown(lane.take(3))).toEqual([null, null, null]);
    lane.heard(frame(1), 1);
    expect(shown(lane.take(4))).toEqual([1]);
  });
});
