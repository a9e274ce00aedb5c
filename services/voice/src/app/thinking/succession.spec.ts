import { describe, expect, it } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { Succession } from './succession.js';

const failed = (retryAfterMs?: number) =>
  new AppError('provider.rate-limited', {
    retryable: true,
    details: retryAfterMs === undefined ? {} : { retryAfterMs },
  });
const refused = new AppError('provider.refused');

describe('succession', () => {
  it('given a fallback, when the first fails, then the fallback is asked at once', () => {
    expect(new Succession(['a', 'b']).next(failed())).toEqual({ choice: 'b', waitMs: 0 });
  });

  it('given a short Retry-After, when the first fails, then it is asked again after it', () => {
    const succession = new Succession(['a', 'b']);
    expect(succession.next(failed(400))).toEqual({ choice: 'a', waitMs: 400 });
    expect(succession.next(failed(400))).toEqual({ choice: 'b', waitMs: 0 });
  });

  it('given a long Retry-After, when the first fails, then nobody waits for it', () => {
    const succession = new Succession(['a', 'b']);
    expect(succession.next(failed(5000))).toEqual({ choice: 'b', waitMs: 0 });
    expect(succession.next(failed(5000))).toBeUndefined();
  });

  it('given nobody else, when it fails, then it is asked once more and no further', () => {
    const succession = new Succession(['a']);
    expect(succession.next(failed())).toEqual({ choice: 'a', waitMs: 0 });
    expect(succession.next(failed())).toBeUndefined();
  });

  it('given nobody else, when it refuses for good, then it is not asked again', () => {
    expect(new Succession(['a']).next(refused)).toBeUndefined();
  });
});
