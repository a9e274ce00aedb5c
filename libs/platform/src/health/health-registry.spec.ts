import { describe, expect, it } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { HealthRegistry } from './health-registry.js';

function world(timeoutMs = 1000) {
  let nowMs = 1000;
  const health = new HealthRegistry({ timeoutMs, clock: { nowMs: () => nowMs } });
  const state = { error: undefined as unknown, hangs: false };
  health.add('thing', () => {
    if (state.hangs) return new Promise(() => undefined);
    return state.error === undefined ? Promise.resolve() : Promise.reject(state.error);
  });
  const beat = async (): Promise<boolean> => {
    nowMs += 1000;
    await health.beat();
    return health.report().isReady;
  };
  return { health, state, beat };
}

describe('HealthRegistry', () => {
  it('is not ready before its first beat, and ready right after a good one', async () => {
    const { health, beat } = world();
    expect(health.report().checks['thing']).toMatchObject({ reason: 'not-checked-yet' });
    expect(health.report().isReady).toBe(false);
    expect(await beat()).toBe(true);
  });

  it('does not flap: one bad beat changes nothing, the second does, and so back', async () => {
    const { health, state, beat } = world();
    await beat();
    state.error = new AppError('store.unavailable');
    expect(await beat()).toBe(true);
    expect(await beat()).toBe(false);
    expect(health.report().checks['thing']).toEqual({
      isOk: false,
      reason: 'store.unavailable',
      sinceMs: 4000,
    });
    state.error = undefined;
    expect(await beat()).toBe(false);
    state.error = new AppError('store.unavailable');
    expect(await beat()).toBe(false);
    state.error = undefined;
    expect(await beat()).toBe(false);
    expect(await beat()).toBe(true);
  });

  it('gives the latest reason while it is down, and never the text of an error', async () => {
    const { health, state, beat } = world();
    state.error = new TypeError('mongodb://root:hunter2@db');
    await beat();
    expect(health.report().checks['thing']).toMatchObject({ reason: 'TypeError' });
    state.error = 'hunter2';
    await beat();
    expect(health.report().checks['thing']).toMatchObject({ reason: 'failed' });
  });

  it('does not wait for a check that hangs', async () => {
    const { health, state, beat } = world(5);
    state.hangs = true;
    await beat();
    expect(health.report().checks['thing']).toMatchObject({ reason: 'service.timeout' });
  });

  it('stays ready, degraded, when a part fails that has worked before', async () => {
    const { health, beat } = world();
    let isAway = true;
    const part = (): Promise<void> => (isAway ? Promise.reject(new Error()) : Promise.resolve());
    health.add('part', part, { isPartial: true });
    expect(await beat()).toBe(false);
    expect(health.report().isDegraded).toBe(false);
    isAway = false;
    expect(await beat()).toBe(true);
    isAway = true;
    await beat();
    expect(await beat()).toBe(true);
    expect(health.report()).toMatchObject({ isDegraded: true, checks: { part: { isOk: false } } });
    isAway = false;
    await beat();
    await beat();
    expect(health.report()).toMatchObject({ isReady: true, isDegraded: false });
  });

  it('is never ready again once it drains', async () => {
    const { health, beat } = world();
    await beat();
    health.drain();
    expect(health.report()).toMatchObject({ isReady: false, isDraining: true });
    expect(await beat()).toBe(false);
  });

  it('beats until it is told to stop', async () => {
    const health = new HealthRegistry({ intervalMs: 1 });
    const stopping = new AbortController();
    let beats = 0;
    health.add('counting', () => {
      beats += 1;
      if (beats === 3) stopping.abort();
      return Promise.resolve();
    });
    await health.run(stopping.signal);
    expect(beats).toBe(3);
  });
});
