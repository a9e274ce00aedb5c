import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { planOf } from '../support/door-things.js';
import { DoorWorld } from '../support/door-world.js';
import { MediaCaller } from '../support/media-caller.js';

describe('the bounds of audio sockets', () => {
  let world: DoorWorld | undefined;
  afterEach(() => world?.stop());

  it('has a number of strangers of one address, and no more', async () => {
    world = await DoorWorld.start({ maxWaitingPerIp: 3 });
    const { streamToken: token, url } = await world.reserve(planOf('a'));
    const waiting = [await MediaCaller.open(url), await MediaCaller.open(url)];
    const caller = await MediaCaller.open(url);
    expect(await MediaCaller.dial(url)).toBe(503);
    caller.start(token);
    await world.running('a');
    expect(await MediaCaller.dial(url)).toBeInstanceOf(MediaCaller);
    for (const one of waiting) one.cut();
  });

  it('closes a reader that is too slow with 4429, and has not kept what it did not take', async () => {
    world = await DoorWorld.start({
      wire: {
        ...{ maxBufferedBytes: 100_000, maxStuckMs: 60_000, maxSilentMs: 60_000 },
        ...{ pingEveryMs: 60_000, closeLimitMs: 100 },
      },
    });
    const { streamToken: token, url } = await world.reserve(planOf('a'));
    const caller = await MediaCaller.open(url);
    caller.start(token);
    const running = await world.running('a');
    caller.pause();
    running.line.onSent(() => undefined);
    // A day of sound at once: the clock would not do it, so the wire is asked directly.
    for (let count = 0; count < 50_000 && world.refusals().length === 0; count += 1) {
      running.line.sendDigits('');
      running.line.player.play(count, new Uint8Array(16_000));
      running.line.player.drop();
      if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(world.refusals()).toEqual(['too-slow']);
    await eventually(async () => expect(running.events.at(-1)).toEqual({ type: 'dropped' }));
  });

  it('cuts a peer that is silent for too long', async () => {
    world = await DoorWorld.start({
      graceMs: 50,
      wire: {
        ...{ maxBufferedBytes: 100_000, maxStuckMs: 60_000, maxSilentMs: 500 },
        ...{ pingEveryMs: 60_000, closeLimitMs: 100 },
      },
    });
    const { streamToken: token, url } = await world.reserve(planOf('a'));
    const caller = await MediaCaller.open(url);
    caller.start(token);
    const running = await world.running('a');
    await eventually(async () =>
      expect(running.events).toEqual([{ type: 'dropped' }, { type: 'ended', how: 'lost' }]),
    );
    expect(await caller.closed).toBe(1006);
  });

  it('keeps a peer that is silent and answers pings', async () => {
    world = await DoorWorld.start({
      wire: {
        ...{ maxBufferedBytes: 100_000, maxStuckMs: 60_000, maxSilentMs: 300 },
        ...{ pingEveryMs: 50, closeLimitMs: 100 },
      },
    });
    const { streamToken: token, url } = await world.reserve(planOf('a'));
    const caller = await MediaCaller.open(url);
    caller.start(token);
    const running = await world.running('a');
    // Longer than a peer that answers nothing is borne.
    await eventually(async () => expect(caller.pings).toBeGreaterThan(10));
    expect(running.events).toEqual([]);
  });

  it('has a number of sockets, and no more', async () => {
    world = await DoorWorld.start({ maxSockets: 2 });
    const { url } = await world.reserve(planOf('a'));
    await MediaCaller.open(url);
    await MediaCaller.open(url);
    expect(await MediaCaller.dial(url)).toBe(503);
  });

  it('tells those who wait that it is going', async () => {
    world = await DoorWorld.start();
    const { url } = await world.reserve(planOf('a'));
    const caller = await MediaCaller.open(url);
    await world.endpoint.close();
    expect(await caller.closed).toBe(1012);
  });
});
