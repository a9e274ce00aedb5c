import { describe, expect, it } from '@jest/globals';
import { LookUpPace } from './look-up-pace.js';

describe('LookUpPace', () => {
  it('lets each dial be looked up once in ten seconds', () => {
    const pace = new LookUpPace();
    const asked = [0, 9999, 10_000, 19_999, 20_000].map((nowMs) => pace.take('c1', nowMs));
    expect(asked).toEqual([true, false, true, false, true]);
    expect(pace.take('c2', 20_001)).toBe(true);
  });

  it('forgets the one asked longest ago', () => {
    const pace = new LookUpPace();
    for (let n = 0; n <= 10_000; n += 1) pace.take(`c${n}`, n);
    expect(pace.take('c0', 10_001)).toBe(true);
    expect(pace.take('c10000', 10_002)).toBe(false);
  });
});
