import { describe, expect, it } from '@jest/globals';
import { faultKinds, scheduleOf } from './schedule.js';

const TEN_MINUTES_MS = 600_000;

describe('a schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(scheduleOf(7, TEN_MINUTES_MS)).toEqual(scheduleOf(7, TEN_MINUTES_MS));
    expect(scheduleOf(7, TEN_MINUTES_MS)).not.toEqual(scheduleOf(8, TEN_MINUTES_MS));
  });

  it('has one fault after the other', () => {
    const faults = scheduleOf(7, TEN_MINUTES_MS);
    const ends = faults.map(({ atMs, forMs }) => atMs + forMs);
    expect(faults.length).toBeGreaterThan(10);
    faults.slice(1).forEach(({ atMs }, index) => {
      expect(atMs).toBeGreaterThanOrEqual((ends[index] ?? 0) - 1);
    });
  });

  it('comes to every kind in time', () => {
    const kinds = new Set(scheduleOf(7, 10 * TEN_MINUTES_MS).map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual([...faultKinds].toSorted());
  });
});
