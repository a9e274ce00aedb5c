import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HEALTHY_CALLS, Outages, type Storm } from '../support/outages.js';

let outages: Outages;
let storm: Storm;
beforeAll(async () => {
  outages = await Outages.start();
  storm = await outages.run();
}, 300_000);
afterAll(async () => {
  await outages?.world.stop();
});

describe('twenty calls while NATS is away for 30 s, then frozen for 20 s', () => {
  it('S8 go on, every one of them', () => {
    const [killed, frozen] = storm.while.talking;
    expect(killed).toBeGreaterThanOrEqual(HEALTHY_CALLS);
    expect(frozen).toBeGreaterThanOrEqual(HEALTHY_CALLS);
    const reasons = storm.stories.map((story) => story.of('call.ended')[0]?.data.reason);
    expect(reasons).toEqual(Array.from({ length: HEALTHY_CALLS }, () => 'user_hangup'));
  });

  it('S8 lose no fact, keep their order, and say nothing twice', () => {
    expect(storm.while.journalBytes).toBeGreaterThan(0);
    expect(storm.journalAfter).toBe(0);
    expect(storm.verdict.violations).toEqual([]);
    for (const story of storm.stories) {
      const turns = story.of('call.turn-agent').map(({ data }) => data.turn);
      expect(turns).toEqual(turns.toSorted((one, other) => one - other));
      expect(turns.length).toBeGreaterThan(3);
    }
  });

  it('no new call is taken meanwhile, in or out', () => {
    expect(storm.while.ready).toBe(503);
    expect(storm.while.refusedInbound).toBe('failed');
    expect(storm.while.refusedOutbound).toMatch(/POST \/v1\/calls: 503/);
  });

  it('a call that ends meanwhile is hung up at its carrier as soon as somebody can be told', () => {
    expect(storm.short.of('call.ended').map(({ data }) => data.reason)).toEqual([
      'max_duration_reached',
    ]);
    const { carrierCallId } = storm.short.started ?? {};
    const leg = storm.verdict.evidence.legs.find(({ id }) => id === carrierCallId);
    expect(leg).toMatchObject({ state: 'ended' });
  });
});

describe('the object store away when twenty callers hang up', () => {
  it('E5 the sound is kept on the pod and stored once the store is back', () => {
    expect(storm.while.spooled).toBeGreaterThanOrEqual(HEALTHY_CALLS);
    for (const story of storm.stories) {
      expect(story.of('call.ended')[0]?.data.recording).toBe('pending');
      expect(story.of('call.recording-stored')[0]?.data).toMatchObject({ truncated: false });
    }
  });
});

describe('MongoDB away for a full minute', () => {
  it('nothing is parked, and every read model catches up', () => {
    expect(storm.verdict.evidence.letters).toEqual([]);
    expect(storm.verdict.looked.calls).toBe(HEALTHY_CALLS + 1);
    const { callLogs } = storm.verdict.evidence;
    expect(callLogs.filter(({ status }) => status === 'ended')).toHaveLength(HEALTHY_CALLS + 1);
  });
});
