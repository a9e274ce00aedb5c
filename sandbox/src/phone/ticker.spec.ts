import { describe, expect, it } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { Ticker } from './ticker.js';

describe('Ticker', () => {
  it('makes up for a blocked loop, so that nobody drifts', async () => {
    const ticker = new Ticker();
    let ticks = 0;
    const begunMs = performance.now();
    const leave = ticker.join(() => {
      ticks += 1;
    });
    await new Promise((done) => setTimeout(done, 50));
    const blockedUntilMs = performance.now() + 200;
    while (performance.now() < blockedUntilMs);
    await new Promise((done) => setTimeout(done, 50));
    leave();
    const expected = (performance.now() - begunMs) / 20;
    expect(Math.abs(ticks - expected)).toBeLessThanOrEqual(2);
    const after = ticks;
    await new Promise((done) => setTimeout(done, 50));
    expect(ticks).toBe(after);
  });
});
