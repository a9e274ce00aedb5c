import { describe, expect, it } from '@jest/globals';
import { abortable, sleep } from './abortable.js';
import { deferred } from './deferred.js';

describe('sleep', () => {
  it('rejects with the reason when the signal was aborted before', async () => {
    await expect(sleep(60_000, AbortSignal.abort('gone'))).rejects.toBe('gone');
  });

  it('rejects with the reason when the signal aborts meanwhile', async () => {
    const controller = new AbortController();
    const waiting = sleep(60_000, controller.signal);
    controller.abort('gone');
    await expect(waiting).rejects.toBe('gone');
  });

  it('resolves when the time has passed', async () => {
    await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined();
  });
});

describe('abortable', () => {
  it('stops waiting for a promise that never settles', async () => {
    const controller = new AbortController();
    const waiting = abortable(deferred<string>().promise, controller.signal);
    controller.abort('gone');
    await expect(waiting).rejects.toBe('gone');
  });

  it('hands the value through', async () => {
    const value = abortable(Promise.resolve(7), new AbortController().signal);
    await expect(value).resolves.toBe(7);
  });
});
