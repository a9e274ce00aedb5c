import { describe, expect, it } from '@jest/globals';
import { errorOfStatus } from './provider-error.js';

const errorOf = (status: number, headers = {}) =>
  errorOfStatus({ provider: 'acme', status, headers });

describe('errorOfStatus', () => {
  it.each([
    [400, 'provider.refused', false],
    [401, 'provider.refused', false],
    [404, 'provider.refused', false],
    [408, 'provider.timeout', true],
    [429, 'provider.rate-limited', true],
    [500, 'provider.unavailable', true],
    [503, 'provider.unavailable', true],
    [301, 'provider.broken', false],
  ])('takes %i for %s', (status, code, retryable) => {
    expect(errorOf(status)).toMatchObject({
      code,
      retryable,
      details: { provider: 'acme', status },
    });
  });

  it.each([
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
  ])('reads how long to wait from %j', (headers, retryAfterMs) => {
    expect(errorOf(429, headers).details['retryAfterMs']).toBe(retryAfterMs);
  });

  it('names no time where the vendor named none', () => {
    expect(errorOf(429, { 'retry-after': 'soon' }).details).not.toHaveProperty('retryAfterMs');
  });
});
