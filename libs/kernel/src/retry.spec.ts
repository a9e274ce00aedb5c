import { describe, expect, it } from '@jest/globals';
import { backoffMs, retry } from './retry.js';

const policy = { attempts: 3, firstDelayMs: 1, maxDelayMs: 4 };

describe('retry', () => {
  it('answers the first success', async () => {
    const seen: number[] = [];
    const answer = await retry(policy, async (attempt) => {
      seen.push(attempt);
      if (attempt < 3) throw new Error('not yet');
      return 'done';
    });
    expect([answer, seen]).toEqual(['done', [1, 2, 3]]);
  });

  it('gives the last error back after the last attempt', async () => {
    const failing = retry(policy, (attempt) => Promise.reject(new Error(`no ${attempt}`)));
    await expect(failing).rejects.toThrow('no 3');
  });

  it('stops at once at an error that is not retryable', async () => {
    let attempts = 0;
    const failing = retry({ ...policy, isRetryable: () => false }, () => {
      attempts += 1;
      return Promise.reject(new Error('final'));
    });
    await expect(failing).rejects.toThrow('final');
    expect(attempts).toBe(1);
  });

  it('an abort raised during an attempt wins over the next wait', async () => {
    const controller = new AbortController();
    const failing = retry({ ...policy, firstDelayMs: 60_000, signal: controller.signal }, () => {
      controller.abort('stop');
      return Promise.reject(new Error('failed'));
    });
    await expect(failing).rejects.toBe('stop');
  });
});

describe('backoffMs', () => {
  it.each([
    [2, 100],
    [3, 200],
    [4, 400],
    [5, 500],
  ])('before attempt %i waits %i ms', (attempt, expected) => {
    const growing = { attempts: 9, firstDelayMs: 100, maxDelayMs: 500 };
    expect(backoffMs(growing, attempt, 0)).toBe(expected);
  });

  it('spreads down by the jitter', () => {
    const spread = { attempts: 9, firstDelayMs: 100, maxDelayMs: 500, jitter: 0.5 };
    expect(backoffMs(spread, 2, 1)).toBe(50);
  });
});
