import { describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import { eventually } from '@trunkline/testing';
import { JoseStreamTokens } from '../../adapters/tokens/jose-stream-tokens.js';
import { FakeLine } from '../../../test/fakes/fake-line.js';
import {
  accountSid,
  browserPlan,
  contextOf,
  FakeAccounts,
  FakeAgents,
  FakeRunner,
  planOf,
  quietLogger,
} from '../../../test/support/door-things.js';
import { CallDoor, type Knock } from './call-door.js';
import { Reservations } from './reservations.js';

function world(secret = 's'.repeat(32)) {
  const time = { now: 1_700_000_000_000 };
  const clock = { nowMs: () => time.now };
  const reservations = new Reservations({
    ...{ capacity: 5, agents: new FakeAgents(), accounts: new FakeAccounts(), clock },
    usualMode: 'cascaded',
  });
  const runner = new FakeRunner();
  const tokens = new JoseStreamTokens({ secret, previousSecret: '', clock });
  const { logger } = quietLogger();
  const wsBaseUrl = 'wss://pod-1.example';
  const door = new CallDoor({
    pod: 'pod-1',
    baseUrl: 'https://pod-1.example',
    wsBaseUrl,
    reservations,
    tokens,
    runner,
    logger,
  });
  const knock = (more: Partial<Knock> = {}) =>
    door.knock({
      ...{ callId: 'a', carrier: 'twilio', token: null, carrierCallId: 'CA-1' },
      ...{ accountId: accountSid, ...more },
    });
  return { door, knock, reservations, runner, time };
}

/** A place, its token, and a call that runs in it. */
async function liveWorld() {
  const all = world();
  const { streamToken: token } = await all.door.reserve(planOf('a'), contextOf());
  const verdict = await all.knock({ token });
  if (verdict.kind !== 'open') throw new Error('not opened');
  const line = new FakeLine({ carrierCallId: 'CA-1' });
  all.door.run(verdict.place, line);
  return { ...all, line, place: verdict.place, token };
}

describe('CallDoor', () => {
  it('tells where the socket opens, with what, and how long the carrier may keep the call', async () => {
    const { door, time } = world();
    const admission = await door.reserve(planOf('a'), contextOf());
    expect(admission).toMatchObject({
      ...{ pod: 'pod-1', url: 'wss://pod-1.example/media/twilio/a', version: 3 },
      ...{ mode: 'gemini-live', timeLimitSeconds: 660 },
      expiresAt: new Date(time.now + 60_000).toISOString(),
    });
    const session = await door.reserve(browserPlan('b'), contextOf());
    expect(session.url).toBe('wss://pod-1.example/media/browser/b');
    expect(session.expiresAt).toBe(new Date(time.now + 300_000).toISOString());
  });

  it('has no sessions without a secret, but phone calls', async () => {
    const { door } = world('');
    const session = door.reserve(browserPlan('b'), contextOf());
    await expect(session).rejects.toMatchObject({ code: 'voice.no-sessions' });
    await expect(door.reserve(planOf('a'), contextOf())).resolves.toBeDefined();
  });

  it('lets the call in that shows its token, once', async () => {
    const { knock, runner, token } = await liveWorld();
    expect(runner.admitted.map(({ carrierCallId, pod }) => [carrierCallId, pod])).toEqual([
      ['CA-1', 'pod-1'],
    ]);
    expect(await knock({ token })).toEqual({ kind: 'refused', why: 'taken' });
  });

  it('S17 refuses a token that is missing, wrong, too old or of another call', async () => {
    const { door, knock, runner, time } = world();
    const { streamToken: token } = await door.reserve(planOf('a'), contextOf());
    const { streamToken: others } = await door.reserve(planOf('b'), contextOf());
    const why = async (more: Partial<Knock>) => {
      const verdict = await knock(more);
      return verdict.kind === 'refused' ? verdict.why : verdict.kind;
    };
    expect(await why({})).toBe('bad-token');
    expect(await why({ token: 'a.b.c' })).toBe('bad-token');
    expect(await why({ token: others })).toBe('bad-token');
    expect(await why({ token, callId: 'strange' })).toBe('unknown-call');
    expect(await why({ token, carrier: 'telnyx' })).toBe('unknown-call');
    expect(await why({ token, carrier: null })).toBe('unknown-call');
    expect(await why({ token, accountId: 'AC-theirs' })).toBe('wrong-account');
    time.now += 60_000;
    expect(await why({ token })).toBe('bad-token');
    expect(runner.admitted).toEqual([]);
  });

  it('gives a fresh token for a place it holds, and none for one that is taken', async () => {
    const { door, knock, reservations, time } = world();
    await door.reserve(planOf('a', { holdMs: 120_000 }), contextOf());
    time.now += 90_000;
    const place = reservations.find('a');
    if (place === null) throw new Error('no place');
    const { streamToken: token } = await door.admission(place);
    expect(place.heldUntilMs).toBe(time.now + 65_000);
    expect(await knock({ token })).toMatchObject({ kind: 'open' });
    await expect(door.admission(place)).rejects.toMatchObject({ code: 'call.taken' });
  });

  it('lets one of two sockets in that come at the same moment', async () => {
    const { door, knock, reservations, runner } = world();
    const { streamToken: token } = await door.reserve(planOf('a'), contextOf());
    const gate = deferred<void>();
    runner.gate = gate.promise;
    const both = [knock({ token }), knock({ token })];
    gate.resolve();
    const kinds = (await Promise.all(both)).map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual(['open', 'refused']);
    expect(reservations.find('a')?.state).toBe('live');
  });

  it('believes the log when it says that the call began elsewhere', async () => {
    const { door, knock, reservations, runner } = world();
    const { streamToken: token } = await door.reserve(planOf('a'), contextOf());
    runner.failsWith = 'call.taken';
    expect(await knock({ token })).toEqual({ kind: 'refused', why: 'taken' });
    expect(reservations.isOver('a')).toBe(true);
    expect(await knock({ token })).toEqual({ kind: 'refused', why: 'call-over' });
  });

  it('lets the same token try again when the log could not be asked', async () => {
    const { door, knock, runner } = world();
    const { streamToken: token } = await door.reserve(planOf('a'), contextOf());
    runner.failsWith = 'log.unavailable';
    expect(await knock({ token })).toEqual({ kind: 'refused', why: 'log-away' });
    runner.failsWith = null;
    expect(await knock({ token })).toMatchObject({ kind: 'open' });
  });

  it('lets the same leg back in while its socket is away, though the token is old by then', async () => {
    const { door, knock, place, time, token } = await liveWorld();
    time.now += 200_000;
    expect(await knock({ token })).toEqual({ kind: 'refused', why: 'taken' });
    door.dropped(place);
    expect(await knock({ token, carrierCallId: 'CA-2' })).toMatchObject({ why: 'taken' });
    expect(await knock({ token: 'a.b.c' })).toMatchObject({ why: 'bad-token' });
    expect(await knock({ token })).toMatchObject({ kind: 'rejoin' });
    expect(await knock({ token })).toEqual({ kind: 'refused', why: 'taken' });
  });

  it('has the place back when the call is done, and closes its line', async () => {
    const { knock, line, reservations, runner, token } = await liveWorld();
    runner.running[0]?.finish();
    await reservations.emptied();
    expect(line.isClosed).toBe(true);
    expect(await knock({ token })).toEqual({ kind: 'refused', why: 'call-over' });
  });

  it('ends a call that is told to end while it is being let in', async () => {
    const { door, knock, reservations, runner } = world();
    const { streamToken: token } = await door.reserve(planOf('a'), contextOf());
    const gate = deferred<void>();
    runner.gate = gate.promise;
    const verdict = knock({ token });
    const how = { reason: 'manual_stopped', side: 'platform' } as const;
    await eventually(async () => expect(reservations.find('a')?.state).toBe('opening'));
    expect(door.endCall({ callId: 'a', tenant: 'tenant-1' }, how)).toBe(true);
    gate.resolve();
    const { place } = (await verdict) as Extract<Awaited<typeof verdict>, { kind: 'open' }>;
    door.run(place, new FakeLine());
    expect(runner.running[0]?.now).toEqual([how]);
  });

  it('does not let a call in whose place was taken back while its token was looked at', async () => {
    const { door, knock, reservations, runner } = world();
    const { streamToken: token } = await door.reserve(planOf('a'), contextOf());
    const verdict = knock({ token });
    reservations.end('a');
    expect(await verdict).toEqual({ kind: 'refused', why: 'call-over' });
    expect(runner.admitted).toEqual([]);
  });

  it('has the place back when a call could not be run at all', async () => {
    const { door, knock, reservations, runner } = world();
    const { streamToken: token } = await door.reserve(planOf('a'), contextOf());
    const verdict = await knock({ token });
    if (verdict.kind !== 'open') throw new Error('not opened');
    runner.run = () => {
      throw new TypeError('a bug');
    };
    const line = new FakeLine();
    door.run(verdict.place, line);
    expect([line.isClosed, reservations.isOver('a')]).toEqual([true, true]);
  });

  it('ends a call for its own tenant only, and a place that waits as well', async () => {
    const { door, reservations, runner } = await liveWorld();
    const how = { reason: 'manual_stopped', side: 'platform' } as const;
    expect(door.endCall({ callId: 'a', tenant: 'tenant-2' }, how)).toBe(false);
    expect(door.endCall({ callId: 'a', tenant: 'tenant-1' }, how)).toBe(true);
    expect(runner.running[0]?.now).toEqual([how]);
    await door.reserve(planOf('b'), contextOf());
    expect(door.endCall({ callId: 'b', tenant: 'tenant-1' }, how)).toBe(true);
    expect(reservations.isOver('b')).toBe(true);
  });
});
