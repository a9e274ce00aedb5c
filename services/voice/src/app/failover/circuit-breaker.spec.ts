import { describe, expect, it } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { CircuitBreaker, CircuitBreakers, isLostConnection } from './circuit-breaker.js';

const down = () => new AppError('provider.unavailable', { retryable: true });

function breakerAt() {
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  return { clock, breaker: new CircuitBreaker(clock) };
}

function failTimes(breaker: CircuitBreaker, times: number): void {
  for (let n = 0; n < times; n += 1) breaker.failed(down());
}

describe('CircuitBreaker', () => {
  it('opens at the fifth failure within 30 s', () => {
    const { breaker } = breakerAt();
    failTimes(breaker, 4);
    expect(breaker.mayTry()).toBe(true);
    failTimes(breaker, 1);
    expect(breaker.mayTry()).toBe(false);
  });

  it('forgets failures older than 30 s', () => {
    const { breaker, clock } = breakerAt();
    failTimes(breaker, 4);
    clock.atMs = 30_000;
    failTimes(breaker, 1);
    expect(breaker.isOpen).toBe(false);
  });

  it('lets one probe through and closes when it succeeds', () => {
    const { breaker, clock } = breakerAt();
    failTimes(breaker, 5);
    clock.atMs = 10_000;
    expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, false]);
    breaker.succeeded();
    expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, true]);
  });

  it('opens again when the probe fails', () => {
    const { breaker, clock } = breakerAt();
    failTimes(breaker, 5);
    clock.atMs = 10_000;
    breaker.mayTry();
    failTimes(breaker, 1);
    clock.atMs = 19_999;
    expect(breaker.mayTry()).toBe(false);
    clock.atMs = 20_000;
    expect(breaker.mayTry()).toBe(true);
  });

  it('lets another try when a probe never reports', () => {
    const { breaker, clock } = breakerAt();
    failTimes(breaker, 5);
    clock.atMs = 10_000;
    breaker.mayTry();
    clock.atMs = 20_000;
    expect(breaker.mayTry()).toBe(true);
  });

  it('waits as long as a vendor asks, up to a minute', () => {
    const { breaker, clock } = breakerAt();
    const details = { retryAfterMs: 3_600_000 };
    breaker.failed(new AppError('provider.rate-limited', { retryable: true, details }));
    clock.atMs = 59_999;
    expect(breaker.mayTry()).toBe(false);
    clock.atMs = 60_000;
    expect(breaker.mayTry()).toBe(true);
  });

  it('does not count refusals nor errors of our own', () => {
    const { breaker } = breakerAt();
    for (let n = 0; n < 10; n += 1) {
      breaker.failed(new AppError('provider.refused'));
      breaker.failed(new Error('a bug'));
    }
    expect(breaker.isOpen).toBe(false);
  });

  it('does not count what it says itself', () => {
    const { breaker, clock } = breakerAt();
    failTimes(breaker, 5);
    clock.atMs = 9999;
    breaker.failed(breaker.refusal());
    clock.atMs = 10_000;
    expect(breaker.mayTry()).toBe(true);
  });

  it('runs work and says so when it may not', async () => {
    const { breaker } = breakerAt();
    const failing = () => breaker.run(() => Promise.reject(down()));
    for (let n = 0; n < 5; n += 1) await expect(failing()).rejects.toMatchObject({ details: {} });
    await expect(breaker.run(() => Promise.resolve('fine'))).rejects.toMatchObject({
      code: 'provider.unavailable',
      details: { circuit: 'open', retryAfterMs: 10_000 },
    });
  });
});

describe('CircuitBreakers', () => {
  it('keeps owners and vendors apart', () => {
    const breakers = new CircuitBreakers();
    const access = { provider: 'deepgram', baseUrl: 'http://a', apiKey: 'k', owner: 'one' };
    failTimes(breakers.of(access), 5);
    expect(breakers.of({ ...access, apiKey: 'another' }).isOpen).toBe(true);
    expect(breakers.of({ ...access, owner: 'two' }).isOpen).toBe(false);
    expect(breakers.of({ ...access, provider: 'cartesia' }).isOpen).toBe(false);
  });
});

describe('isLostConnection', () => {
  it('tells a cut connection from a vendor that says no', () => {
    const withDetails = (details: Record<string, unknown>) =>
      new AppError('provider.unavailable', { retryable: true, details });
    expect(isLostConnection(withDetails({ closeCode: 1006 }))).toBe(true);
    expect(isLostConnection(withDetails({ status: 503 }))).toBe(false);
    expect(isLostConnection(withDetails({ circuit: 'open' }))).toBe(false);
    expect(isLostConnection(new AppError('provider.timeout'))).toBe(false);
  });
});
