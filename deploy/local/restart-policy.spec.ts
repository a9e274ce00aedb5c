import { describe, expect, it } from '@jest/globals';
import { afterDeath, firstLife, maxRestarts, type Verdict } from './restart-policy.ts';

function dieTimes(times: number, ranMs: number): Verdict[] {
  let history = firstLife;
  return Array.from({ length: times }, () => {
    const verdict = afterDeath(history, ranMs);
    history = verdict.history;
    return verdict;
  });
}

describe('afterDeath', () => {
  it('doubles the pause up to a bound', () => {
    const pauses = dieTimes(maxRestarts, 100).map((verdict) =>
      verdict.kind === 'restart' ? verdict.delayMs : undefined,
    );
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000]);
  });

  it('gives up in the end', () => {
    expect(dieTimes(maxRestarts + 1, 100).at(-1)).toMatchObject({ kind: 'give-up' });
  });

  it('begins anew after a steady run', () => {
    expect(dieTimes(20, 60_000).at(-1)).toMatchObject({ kind: 'restart', delayMs: 250 });
  });
});
