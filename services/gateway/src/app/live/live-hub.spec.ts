import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveNews } from '@trunkline/contracts';
import { LiveHub, type Joined, type JoinRequest, type LiveLimits } from './live-hub.js';
import type { Ending } from './live-reader.js';
import { LiveFeed } from './ports.js';

class FakeFeed extends LiveFeed {
  readonly followed = new Map<string, (news: LiveNews) => void>();
  gap: () => void = () => undefined;

  follow(tenant: string, hear: (news: LiveNews) => void): () => void {
    this.followed.set(tenant, hear);
    return () => void this.followed.delete(tenant);
  }

  onGap(hook: () => void): () => void {
    this.gap = hook;
    return () => undefined;
  }

  tell(tenant: string, text: string, callId = 'call-1'): void {
    const at = '2026-01-01T00:00:00.000Z';
    this.followed.get(tenant)?.({ type: 'caller-partial', callId, at, text });
  }
}

const limits: LiveLimits = {
  readersPerTenant: 2,
  queuedEntries: 3,
  recent: { maxEntries: 4, maxChars: 1000 },
  lingerMs: 60_000,
  lingeringRooms: 1,
};

describe('the live hub', () => {
  let feed: FakeFeed;
  let hub: LiveHub;
  let endings: Ending[];
  let counts: number[];

  beforeEach(() => {
    feed = new FakeFeed();
    endings = [];
    counts = [];
    let epochs = 0;
    hub = new LiveHub({
      ...{ feed, limits, clock: { nowMs: () => 0 } },
      newEpoch: () => `e${(epochs += 1)}`,
      readers: { set: (count) => void counts.push(count) },
    });
  });

  const join = (more: Partial<JoinRequest> = {}): Joined =>
    hub.join({
      ...{ tenant: 'acme', callId: undefined, lastEventId: undefined },
      ...{ onEnding: (why) => void endings.push(why), ...more },
    });
  /** Everything that is told until the reader has to wait or to go. */
  const drain = async ({ reader }: Joined): Promise<string[]> => {
    const told: string[] = [];
    for (;;) {
      const step = await reader.next(0);
      if (step.do === 'tell') told.push(step.entry.json.match(/"text":"(\w+)"/)?.[1] ?? 'gap');
      else return step.do === 'end' ? [...told, step.why] : told;
    }
  };

  it('lets go of a reader that does not keep up, and of nobody else', async () => {
    const slow = join();
    const quick = join();
    const heard: string[] = [];
    for (const text of ['a', 'b', 'c', 'd']) {
      feed.tell('acme', text);
      heard.push(...(await drain(quick)));
    }
    expect(await drain(slow)).toEqual(['overflow']);
    expect(endings).toEqual(['overflow']);
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('goes on from what it still has, and from nothing else', async () => {
    const first = join();
    for (const text of ['a', 'b']) feed.tell('acme', text);
    const again = join({ lastEventId: 'e1-1' });
    expect([again.start, await drain(again)]).toEqual(['resumed', ['b']]);
    again.leave();
    for (const text of ['c', 'd', 'e']) feed.tell('acme', text);
    for (const lastEventId of ['e1-0', 'e1-9', 'e0-1', 'e1', 'e1-x', 'e1--1', '']) {
      const lost = join({ lastEventId });
      expect([lastEventId, lost.start, await drain(lost)]).toEqual([lastEventId, 'gap', []]);
      lost.leave();
    }
    first.leave();
  });

  it('keeps no more than it may of long events', async () => {
    join();
    feed.tell('acme', 'a');
    feed.tell('acme', 'x'.repeat(950));
    expect(join({ lastEventId: 'e1-0' }).start).toBe('gap');
  });

  it('tells of a gap, and lets nobody go on from before it', async () => {
    const reader = join({ callId: 'call-7' });
    feed.tell('acme', 'a', 'call-7');
    feed.gap();
    feed.tell('acme', 'b', 'call-7');
    feed.tell('acme', 'c', 'call-8');
    expect(await drain(reader)).toEqual(['a', 'gap', 'b']);
    expect(join({ lastEventId: 'e1-1' }).start).toBe('gap');
  });

  it('listens to a tenant while somebody looks, a while longer, and to few such tenants', () => {
    for (const tenant of ['one', 'two', 'three']) {
      const joined = join({ tenant });
      joined.leave();
      joined.leave();
    }
    expect([...feed.followed.keys()]).toEqual(['three']);
    expect(counts).toEqual([1, 0, 1, 0, 1, 0]);
  });

  it('has so many places for a tenant, and gives them back', () => {
    const one = join();
    join();
    expect(() => join()).toThrow(expect.objectContaining({ code: 'live.full' }));
    expect(() => join({ tenant: 'other' })).not.toThrow();
    one.leave();
    expect(() => join()).not.toThrow();
  });

  it('tells what is queued before it says goodbye, waits, and takes nobody more', async () => {
    const reader = join();
    feed.tell('acme', 'last');
    const stopping = hub.stop();
    expect(() => join()).toThrow(expect.objectContaining({ code: 'service.unavailable' }));
    expect(await drain(reader)).toEqual(['last', 'shutdown']);
    reader.leave();
    await stopping;
    expect(feed.followed.size).toBe(0);
  });

  it('wakes a reader that waits as soon as it leaves', async () => {
    const reader = join();
    const step = reader.reader.next(600_000);
    reader.leave();
    expect(await step).toEqual({ do: 'end', why: 'left' });
  });
});
