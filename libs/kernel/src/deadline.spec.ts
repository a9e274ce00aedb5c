import { describe, expect, it } from '@jest/globals';
import { withDeadline } from './deadline.js';
import { deferred } from './deferred.js';

describe('withDeadline', () => {
  it('fails with the given code and tells the work by its signal', async () => {
    let seen: AbortSignal | undefined;
    const hanging = withDeadline({ limitMs: 5, code: 'service.timeout' }, (signal) => {
      seen = signal;
      return deferred<never>().promise;
    });
    await expect(hanging).rejects.toMatchObject({ code: 'service.timeout', retryable: true });
    expect(seen?.aborted).toBe(true);
  });

  it('hands the value through and leaves no timer behind', async () => {
    const options = { limitMs: 60_000, code: 'service.timeout' };
    await expect(withDeadline(options, () => Promise.resolve(1))).resolves.toBe(1);
  });

  it('ends with the reason of the caller when the caller aborts first', async () => {
    const controller = new AbortController();
    const options = { limitMs: 60_000, code: 'service.timeout', signal: controller.signal };
    const hanging = withDeadline(options, () => deferred<never>().promise);
    controller.abort('hung up');
    await expect(hanging).rejects.toBe('hung up');
  });
});
