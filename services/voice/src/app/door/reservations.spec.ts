import { describe, expect, it } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import {
  browserPlan,
  contextOf,
  FakeAccounts,
  FakeAgents,
  planOf,
} from '../../../test/support/door-things.js';
import { Reservations } from './reservations.js';

function world(capacity = 2) {
  const clock = { now: 1_000_000 };
  const agents = new FakeAgents();
  const reservations = new Reservations({
    ...{ capacity, agents, accounts: new FakeAccounts() },
    clock: { nowMs: () => clock.now },
    usualMode: 'cascaded',
  });
  return { agents, clock, reservations };
}

describe('Reservations', () => {
  it('gives no more places than there are, those that are being asked about included', async () => {
    const { reservations } = world(2);
    const asked = ['a', 'b', 'c'].map((id) => reservations.reserve(planOf(id), contextOf()));
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(asked[2]).rejects.toMatchObject({ code: 'voice.no-room', retryable: true });
    reservations.end('a');
    await expect(reservations.reserve(planOf('d'), contextOf())).resolves.toBeDefined();
  });

  it('gives no new place while there is nowhere to write, and keeps those it gave', async () => {
    const journal = { hasRoom: true };
    const reservations = new Reservations({
      ...{ capacity: 5, agents: new FakeAgents(), accounts: new FakeAccounts() },
      ...{ clock: { nowMs: () => 0 }, mayTake: () => journal.hasRoom, usualMode: 'cascaded' },
    });
    const place = await reservations.reserve(planOf('a'), contextOf());
    journal.hasRoom = false;
    const refused = reservations.reserve(planOf('b'), contextOf());
    await expect(refused).rejects.toMatchObject({ code: 'voice.no-room' });
    expect(await reservations.reserve(planOf('a'), contextOf())).toBe(place);
  });

  it('gives the same place to whoever asks again, and asks about the agent once', async () => {
    const { agents, reservations } = world();
    const [one, two] = await Promise.all([
      reservations.reserve(planOf('a'), contextOf()),
      reservations.reserve(planOf('a'), contextOf()),
    ]);
    expect(await reservations.reserve(planOf('a'), contextOf())).toBe(one);
    expect(two).toBe(one);
    expect([agents.asked, reservations.heldCount]).toEqual([1, 1]);
  });

  it('gives nobody the place of another tenant', async () => {
    const { reservations } = world();
    await reservations.reserve(browserPlan('a'), contextOf('tenant-1'));
    const foreign = reservations.reserve(browserPlan('a'), contextOf('tenant-2'));
    await expect(foreign).rejects.toMatchObject({ code: 'call.taken' });
  });

  it('O8 S8 O13 pins the version and the mode when it gives the place; tests run cascaded', async () => {
    const { reservations } = world(4);
    const mode = 'openai-realtime' as const;
    const reserve = (id: string, more: object) =>
      reservations.reserve(browserPlan(id, more), contextOf());
    expect((await reserve('a', {})).mode).toBe('gemini-live');
    expect((await reserve('b', { mode })).mode).toBe(mode);
    expect((await reserve('c', { mode, kind: 'test' })).mode).toBe('cascaded');
    expect((await reserve('d', { version: 7 })).runtime.version).toBe(7);
  });

  it('O23 runs in the mode of the operator where neither the agent nor the call names one', async () => {
    const agents = new FakeAgents();
    agents.mode = null;
    const reservations = new Reservations({
      ...{ capacity: 5, agents, accounts: new FakeAccounts(), clock: { nowMs: () => 0 } },
      usualMode: 'openai-realtime',
    });
    const modeFor = async (id: string, more: object) =>
      (await reservations.reserve(browserPlan(id, more), contextOf())).mode;
    expect(await modeFor('a', {})).toBe('openai-realtime');
    expect(await modeFor('b', { mode: 'cascaded' })).toBe('cascaded');
    expect(await modeFor('c', { kind: 'test' })).toBe('cascaded');
    agents.mode = 'gemini-live';
    expect(await modeFor('d', {})).toBe('gemini-live');
  });

  it('has its room back when the agent cannot be read', async () => {
    const { agents, reservations } = world(1);
    agents.failsWith = 'request.not-found';
    const failing = reservations.reserve(planOf('a'), contextOf());
    await expect(failing).rejects.toMatchObject({ code: 'request.not-found' });
    agents.failsWith = null;
    await expect(reservations.reserve(planOf('a'), contextOf())).resolves.toBeDefined();
  });

  it('gives no place with the carrier account of another tenant', async () => {
    const { reservations } = world();
    const foreign = reservations.reserve(planOf('a'), contextOf('tenant-2'));
    await expect(foreign).rejects.toMatchObject({ code: 'request.not-found' });
    expect(reservations.heldCount).toBe(0);
  });

  it('keeps no place for somebody who stopped waiting', async () => {
    const { reservations } = world();
    const asker = new AbortController();
    const asking = reservations.reserve(planOf('a'), { ...contextOf(), signal: asker.signal });
    asker.abort(new AppError('service.timeout'));
    await expect(asking).rejects.toMatchObject({ code: 'service.timeout' });
    expect(reservations.heldCount).toBe(0);
    await expect(reservations.reserve(planOf('a'), contextOf())).resolves.toBeDefined();
  });

  it('takes a place back when its socket does not come', async () => {
    const { clock, reservations } = world();
    const place = await reservations.reserve(planOf('a', { holdMs: 30_000 }), contextOf());
    await reservations.reserve(planOf('b', { holdMs: 90_000 }), contextOf());
    reservations.extend(place, clock.now + 60_000);
    clock.now += 59_999;
    expect(reservations.expire(clock.now)).toEqual([]);
    clock.now += 1;
    expect(reservations.expire(clock.now)).toEqual(['a']);
    expect([reservations.find('a'), reservations.isOver('a')]).toEqual([null, true]);
    const again = reservations.reserve(planOf('a'), contextOf());
    await expect(again).rejects.toMatchObject({ code: 'call.taken' });
  });

  it('does not take back the place of a call that runs', async () => {
    const { clock, reservations } = world();
    const place = await reservations.reserve(planOf('a'), contextOf());
    place.state = 'live';
    clock.now += 10_000_000;
    expect(reservations.expire(clock.now)).toEqual([]);
    expect([reservations.liveCount, reservations.heldCount]).toEqual([1, 0]);
  });

  it('while draining gives no place and keeps those it gave', async () => {
    const { reservations } = world();
    await reservations.reserve(planOf('a'), contextOf());
    reservations.stopTaking();
    const late = reservations.reserve(planOf('b'), contextOf());
    await expect(late).rejects.toMatchObject({ code: 'voice.no-room' });
    expect(reservations.find('a')).not.toBeNull();
    const emptied = reservations.emptied();
    reservations.end('a');
    await emptied;
  });
});
