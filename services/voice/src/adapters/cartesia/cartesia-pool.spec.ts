import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { ScriptedVendor } from '../../../test/support/scripted-vendor.js';
import { speakingOrder } from '../../../test/support/speaking-orders.js';
import { CartesiaPool } from './cartesia-pool.js';

const MINUTE_MS = 60_000;

describe('CartesiaPool', () => {
  let vendor: ScriptedVendor;
  let pool: CartesiaPool;
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  const { signal } = new AbortController();
  const access = () => ({ ...speakingOrder().access, baseUrl: vendor.url });
  const open = () => vendor.sockets.filter(({ closedWith }) => closedWith === undefined).length;

  beforeEach(async () => {
    vendor = await ScriptedVendor.start();
    clock.atMs = 0;
    pool = new CartesiaPool(access(), clock);
    await pool.warm(signal);
  });
  afterEach(async () => {
    pool.close();
    await vendor.stop();
  });

  it('replaces an idle socket before the vendor closes it, while the account is in use', async () => {
    clock.atMs = 4 * MINUTE_MS;
    await pool.refresh();
    await eventually(() => vendor.sockets[0]?.closedWith === 1000);
    expect([vendor.sockets.length, open()]).toEqual([2, 1]);
  });

  it('lets go of an account that nobody uses any more', async () => {
    clock.atMs = 10 * MINUTE_MS;
    await pool.refresh();
    await eventually(() => open() === 0);
    expect(vendor.sockets).toHaveLength(1);
    await eventually(() => pool.isForgotten);
  });

  it('leaves a socket alone on which somebody speaks', async () => {
    const speaking = await pool.speak(speakingOrder(), signal);
    await vendor.connected(2);
    clock.atMs = 10 * MINUTE_MS;
    await pool.refresh();
    await eventually(() => open() === 1);
    expect(vendor.sockets[0]?.closedWith).toBeUndefined();
    speaking.cancel();
  });

  it('leaves a socket alone that somebody took while its successor was coming', async () => {
    clock.atMs = 4 * MINUTE_MS;
    const refreshing = pool.refresh();
    const speaking = await pool.speak(speakingOrder(), signal);
    await refreshing;
    await speaking.say('Still here.');
    await eventually(() => (vendor.sockets[0]?.texts.length ?? 0) > 0);
    expect(vendor.sockets[0]?.closedWith).toBeUndefined();
    speaking.cancel();
  });

  it('connects for whoever speaks when no spare could be had', async () => {
    vendor.refuse(503);
    clock.atMs = 4 * MINUTE_MS;
    await pool.refresh();
    expect(pool.failedSpares).toBe(1);
    const speaking = await pool.speak(speakingOrder(), signal);
    speaking.cancel();
  });

  it('opens another when the vendor closed the one there was', async () => {
    vendor.last.socket.close(1000);
    await eventually(() => open() === 0);
    const speaking = await pool.speak(speakingOrder(), signal);
    expect(vendor.sockets.length).toBeGreaterThan(1);
    speaking.cancel();
  });
});
