import { describe, expect, it } from '@jest/globals';
import type { DialStatus } from './dial-status.js';
import { dueStep, usualPatience } from './due.js';

function after(status: DialStatus, ageMs: number) {
  const dial = { status, sinceMs: 1000, ringSeconds: 30, timeLimitSeconds: 600 };
  return dueStep(dial, 1000 + ageMs, usualPatience);
}

describe('a dial that stands still', () => {
  it.each<[DialStatus, number, ReturnType<typeof after>]>([
    ['requested', 5000, undefined],
    ['requested', 5001, 'take-up'],
    ['requested', 30_001, 'cancel'],
    ['attempting', 20_000, undefined],
    ['attempting', 20_001, 'lose-sight'],
    ['unknown', 5000, undefined],
    ['unknown', 5001, 'look-up'],
    ['unknown', 90_000, 'look-up'],
    ['unknown', 90_001, 'give-up'],
    ['accepted', 90_001, 'give-up'],
    ['ringing', 90_001, 'give-up'],
    ['answered', 660_000, undefined],
    ['answered', 660_001, 'give-up'],
    ['over', 1e9, undefined],
    ['none', 1e9, undefined],
  ])('%s for %d ms: %s', (status, ageMs, step) => {
    expect(after(status, ageMs)).toBe(step);
  });
});
