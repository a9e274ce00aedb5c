import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Leg } from '../ports/index.js';
import { quietLogger } from '../../../test/support/door-things.js';
import { OpenLegs } from './open-legs.js';

const { logger } = quietLogger();
const inTime = new AbortController().signal;
/** Gone at the so manieth time of asking. */
function legGoneAfter(tries: number) {
  let asked = 0;
  const leg: Leg = {
    hangUp: () => {
      asked += 1;
      return asked < tries ? Promise.reject(new Error('not yet')) : Promise.resolve();
    },
    transfer: () => Promise.resolve({ outcome: 'refused', reason: null, dial: null }),
    withdrawTransfer: () => undefined,
  };
  return { leg, asked: () => asked };
}

describe('legs that no carrier has confirmed to be gone', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('are asked about again until they are', async () => {
    const legs = new OpenLegs(logger);
    const { leg, asked } = legGoneAfter(20);
    await expect(legs.hangUp('c-1', leg, inTime)).rejects.toThrow('not yet');
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    expect(asked()).toBe(20);
    expect(legs.count).toBe(0);
  });

  it('are not looked at again when they are gone at once', async () => {
    const legs = new OpenLegs(logger);
    const { leg, asked } = legGoneAfter(1);
    await legs.hangUp('c-1', leg, inTime);
    expect([asked(), legs.count]).toEqual([1, 0]);
  });

  it('are let go of when the process stops and the carrier is still away', async () => {
    const legs = new OpenLegs(logger);
    const { leg, asked } = legGoneAfter(Infinity);
    await expect(legs.hangUp('c-1', leg, inTime)).rejects.toThrow('not yet');
    const closing = legs.close(new AbortController().signal);
    await jest.advanceTimersByTimeAsync(10_000);
    await closing;
    const before = asked();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(asked()).toBe(before);
  });
});
