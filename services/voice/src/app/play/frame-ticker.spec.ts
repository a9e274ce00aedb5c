import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FrameTicker } from './frame-ticker.js';

describe('FrameTicker', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('ticks every call 50 times a second, and stops with the last one', () => {
    const ticker = new FrameTicker(() => Date.now());
    const counts = [0, 0, 0, 0, 0];
    const leave = counts.map((_, index) =>
      ticker.add(() => (counts[index] = (counts[index] ?? 0) + 1)),
    );
    jest.advanceTimersByTime(10_000);
    for (const count of counts) {
      expect(count).toBeGreaterThanOrEqual(499);
      expect(count).toBeLessThanOrEqual(501);
    }
    for (const one of leave) one();
    expect([ticker.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('lets the groups take turns', () => {
    const ticker = new FrameTicker(() => Date.now());
    const seen: number[] = [];
    for (let call = 0; call < 4; call += 1) ticker.add(() => seen.push(Date.now()));
    const startMs = Date.now();
    jest.advanceTimersByTime(20);
    expect(new Set(seen.map((atMs) => atMs - startMs)).size).toBe(4);
  });

  it('does not make up for what it missed', () => {
    let lateMs = 0;
    const ticker = new FrameTicker(() => Date.now() + lateMs);
    let count = 0;
    ticker.add(() => (count += 1));
    lateMs = 60_000;
    jest.advanceTimersByTime(200);
    expect(count).toBeLessThanOrEqual(12);
  });
});
