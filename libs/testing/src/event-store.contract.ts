import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AggregateRef, Envelope } from '@trunkline/contracts';
import type { Decider, Fact } from '@trunkline/kernel';
import {
  createAggregate,
  handleCommand,
  newEvent,
  nowhere,
  type AppendResult,
  type EventStore,
  type Position,
} from '@trunkline/platform';
import type { InMemoryColdHalf } from './in-memory-cold-half.js';
import { someone, parcelRef } from './origin.js';
import { parcel, parcelDecider, type ParcelFact } from './parcel.js';

export interface EventStoreUnderTest {
  /** Reads `parcelCatalogue`, with `cold` as its cold half. */
  readonly store: EventStore;
  /** The same log, without a cold half. */
  readonly storeWithoutCold: EventStore;
  readonly cold: InMemoryColdHalf;
  /** Writes past every rule. */
  put(event: Envelope): Promise<void>;
  /** Takes the whole aggregate out of the hot half. */
  purge(ref: AggregateRef): Promise<void>;
}

/** Whoever posts first has the parcel; the others decide nothing and see who. */
const parcelClaim: Decider<string | undefined, string, Fact> = {
  initialState: undefined,
  decide: (holder, wanting) => (holder === undefined ? parcel.posted(wanting) : undefined),
  evolve: (_, fact) => (fact as Extract<ParcelFact, { type: 'parcel.posted' }>).data.recipient,
};

/** What every event store has to do, whatever is under it. */
export function eventStoreContract(name: string, open: () => Promise<EventStoreUnderTest>): void {
  let at: EventStoreUnderTest;
  let store: EventStore;

  const append = (ref: AggregateRef, after: Position, fact: ParcelFact): Promise<AppendResult> =>
    store.append({ ref, after, event: newEvent(fact, someone) });

  async function appended(ref: AggregateRef, facts: readonly ParcelFact[]): Promise<Position> {
    let position = nowhere;
    for (const fact of facts) {
      const result = await append(ref, position, fact);
      if (result.outcome !== 'appended') throw new Error('conflict');
      position = result.position;
    }
    return position;
  }

  /** As the archiver does it: copy, then purge. */
  async function archive(ref: AggregateRef): Promise<void> {
    const { events } = await store.load(ref);
    at.cold.put(events);
    await at.purge(ref);
  }

  const typesOf = (events: readonly Envelope[]): string[] => events.map((event) => event.type);

  beforeAll(async () => {
    at = await open();
    store = at.store;
  });

  describe(`${name}: appending and loading`, () => {
    it('reads back what was appended, in order, numbered from 1', async () => {
      const ref = parcelRef();
      const position = await appended(ref, [parcel.posted(), parcel.moved('Ghent')]);
      const history = await store.load(ref);
      expect(typesOf(history.events)).toEqual(['parcel.posted', 'parcel.moved']);
      expect(history.events.map((event) => event.v)).toEqual([1, 2]);
      expect(history.events[1]).toMatchObject({ ...ref, data: { place: 'Ghent' }, schema: 1 });
      expect(history.position).toEqual(position);
      const led = await store.load(ref, { fromLeader: true });
      expect(led.events).toEqual(history.events);
    });

    it('finds nothing where nothing is', async () => {
      await expect(store.load(parcelRef())).resolves.toMatchObject({
        events: [],
        position: nowhere,
      });
    });

    it('appends after a known position without a load, and refuses an old one', async () => {
      const ref = parcelRef();
      const first = await appended(ref, [parcel.posted()]);
      const second = await append(ref, first, parcel.moved('Ghent'));
      expect(second.outcome).toBe('appended');
      await expect(append(ref, first, parcel.moved('Lille'))).resolves.toEqual({
        outcome: 'conflict',
      });
      await expect(append(ref, nowhere, parcel.posted())).resolves.toEqual({
        outcome: 'conflict',
      });
      const { events } = await store.load(ref);
      expect(events).toHaveLength(2);
    });

    it('keeps aggregates with the same id in two tenants apart', async () => {
      const ref = parcelRef('acme');
      const other = { ...ref, tenant: 'zenith' };
      await appended(ref, [parcel.posted('Ada')]);
      await appended(other, [parcel.posted('Eve'), parcel.moved()]);
      const mine = await store.load(ref);
      expect(mine.events).toHaveLength(1);
      expect(mine.events[0]).toMatchObject({ tenant: 'acme', data: { recipient: 'Ada' } });
    });

    it('does not send an append that is older than a minute', async () => {
      const ref = parcelRef();
      const late = await store.append({
        ref,
        after: nowhere,
        loadedAtMs: Date.now() - 60_000,
        event: newEvent(parcel.posted(), someone),
      });
      expect(late).toEqual({ outcome: 'conflict' });
      const { events } = await store.load(ref);
      expect(events).toEqual([]);
    });

    it('answers a conflict when the aggregate was purged since the load', async () => {
      const ref = parcelRef();
      const position = await appended(ref, [parcel.posted()]);
      await at.purge(ref);
      await expect(append(ref, position, parcel.moved())).resolves.toEqual({ outcome: 'conflict' });
    });

    it('sends nothing for a caller that has left', async () => {
      const ref = parcelRef();
      const event = newEvent(parcel.posted(), someone);
      const signal = AbortSignal.abort('gone');
      await expect(store.append({ ref, after: nowhere, event, signal })).rejects.toBe('gone');
      await expect(store.load(ref, { signal })).rejects.toBe('gone');
    });
  });

  describe(`${name}: what may be in the log`, () => {
    it.each([
      ['an unknown type', { type: 'parcel.lost', data: {} }],
      ['an unknown field', { type: 'parcel.moved', data: { place: 'Ghent', by: 'bike' } }],
      ['a field of another type', { type: 'parcel.moved', data: { place: 7 } }],
    ])('refuses %s before it is sent', async (_what, fact) => {
      const ref = parcelRef();
      const event = newEvent(fact, someone);
      await expect(store.append({ ref, after: nowhere, event })).rejects.toMatchObject({
        code: 'log.invalid-event',
      });
      const { events } = await store.load(ref);
      expect(events).toEqual([]);
    });

    it.each(['a.b', '*', '>', 'a b', '', 'a\r\nPUB x', '../x', 'é', 'x'.repeat(65)])(
      'refuses %j as an id or a tenant',
      async (bad) => {
        for (const ref of [{ ...parcelRef(), id: bad }, parcelRef(bad)]) {
          await expect(append(ref, nowhere, parcel.posted())).rejects.toMatchObject({
            code: 'log.invalid-event',
          });
          await expect(store.load(ref)).rejects.toMatchObject({ code: 'request.invalid' });
        }
      },
    );

    it('reads an event of an old schema as a current one', async () => {
      const ref = parcelRef();
      await at.put(oldParcel(ref));
      const history = await store.load(ref);
      expect(history.events[0]).toMatchObject({
        schema: 2,
        data: { recipient: 'Ada', pin: '0000', grams: 1_500 },
      });
      await expect(append(ref, history.position, parcel.moved())).resolves.toMatchObject({
        outcome: 'appended',
      });
    });

    it('does not skip an event it cannot read', async () => {
      const ref = parcelRef();
      await at.put({ ...oldParcel(ref), type: 'parcel.teleported' });
      await expect(store.load(ref)).rejects.toMatchObject({ code: 'log.invalid-event' });
    });

    it('does not skip a missing version', async () => {
      const ref = parcelRef();
      await appended(ref, [parcel.posted()]);
      await at.put({ ...oldParcel(ref), v: 3 });
      await expect(store.load(ref)).rejects.toMatchObject({ code: 'log.incomplete' });
    });

    it('does not hide a version that is there twice', async () => {
      const ref = parcelRef();
      await appended(ref, [parcel.posted()]);
      await at.put(oldParcel(ref));
      await expect(store.load(ref)).rejects.toMatchObject({ code: 'log.incomplete' });
    });
  });

  describe(`${name}: the two halves`, () => {
    it('reads an aggregate that is all cold, and continues it', async () => {
      const ref = parcelRef();
      await appended(ref, [parcel.posted(), parcel.moved(), parcel.delivered()]);
      await archive(ref);
      const history = await store.load(ref);
      expect(typesOf(history.events)).toEqual([
        'parcel.posted',
        'parcel.moved',
        'parcel.delivered',
      ]);
      expect(history.position).toEqual({ v: 3, hotSeq: 0 });
      const next = await append(ref, history.position, parcel.erased());
      expect(next).toMatchObject({ outcome: 'appended', event: { v: 4 } });
      const merged = await store.load(ref);
      expect(merged.events.map((event) => event.v)).toEqual([1, 2, 3, 4]);
      expect(merged.position.hotSeq).toBeGreaterThan(0);
    });

    it('reads an aggregate that was copied and not purged yet only once', async () => {
      const ref = parcelRef();
      await appended(ref, [parcel.posted(), parcel.delivered()]);
      const { events } = await store.load(ref);
      at.cold.put(events);
      await expect(store.load(ref)).resolves.toMatchObject({ events });
    });

    it('says that a beginning is missing rather than start in the middle', async () => {
      const ref = parcelRef();
      await appended(ref, [parcel.posted()]);
      await archive(ref);
      const { position } = await store.load(ref);
      await append(ref, position, parcel.moved());
      await expect(at.storeWithoutCold.load(ref)).rejects.toMatchObject({
        code: 'log.incomplete',
      });
    });
  });

  describe(`${name}: commands`, () => {
    it('decides again after a conflict, so that nothing is lost', async () => {
      const ref = parcelRef();
      await appended(ref, [parcel.posted()]);
      const places = Array.from({ length: 8 }, (_, index) => `place-${index}`);
      await Promise.all(
        places.map((place) =>
          handleCommand(store, parcelDecider, {
            ...someone,
            ref,
            command: { kind: 'move', place },
            attempts: 50,
          }),
        ),
      );
      const { events } = await store.load(ref);
      expect(events).toHaveLength(9);
      expect(new Set(events.slice(1).map((event) => event.data['place']))).toEqual(new Set(places));
    });

    it('answers the state, the event and where to go on', async () => {
      const ref = parcelRef();
      const command = { kind: 'post', recipient: 'Ada', grams: 5 } as const;
      const posted = await handleCommand(store, parcelDecider, { ...someone, ref, command });
      expect(posted).toMatchObject({ state: { status: 'posted' }, event: { v: 1 } });
      const known = posted.history;
      const move = { kind: 'move', place: 'Ghent' } as const;
      const moved = await handleCommand(store, parcelDecider, {
        ...someone,
        ref,
        command: move,
        known,
      });
      expect(moved).toMatchObject({ state: { places: ['Ghent'] }, position: { v: 2 } });
      const again = await handleCommand(store, parcelDecider, { ...someone, ref, command: move });
      expect(again).toMatchObject({ event: undefined, position: moved.position });
    });

    it('hands a refusal of the decider through', async () => {
      const command = { kind: 'move', place: 'Ghent' } as const;
      await expect(
        handleCommand(store, parcelDecider, { ...someone, ref: parcelRef(), command }),
      ).rejects.toMatchObject({ code: 'state.conflict' });
    });
  });

  describe(`${name}: creating once`, () => {
    const create = (ref: AggregateRef, fingerprint: string) =>
      createAggregate(store, { ...someone, ref, fact: parcel.posted(), causationId: fingerprint });

    it('answers a repetition like the first request, and refuses another one', async () => {
      const ref = parcelRef();
      const first = await create(ref, 'print-1');
      expect(first.created).toBe(true);
      await append(ref, first.position, parcel.moved());
      const second = await create(ref, 'print-1');
      expect(second).toMatchObject({ created: false, event: first.event, position: { v: 2 } });
      await expect(create(ref, 'print-2')).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    });

    it('creates once when the same request comes ten times at once', async () => {
      const ref = parcelRef();
      const all = await Promise.all(Array.from({ length: 10 }, () => create(ref, 'print-1')));
      expect(all.filter((one) => one.created)).toHaveLength(1);
      expect(new Set(all.map((one) => one.event.eventId)).size).toBe(1);
    });

    it('does not create again what the archiver has moved', async () => {
      const ref = parcelRef();
      await create(ref, 'print-1');
      await archive(ref);
      await expect(create(ref, 'print-1')).resolves.toMatchObject({ created: false });
      await expect(create(ref, 'print-2')).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    });

    it('takes a minted id without looking it up', async () => {
      const made = await createAggregate(at.storeWithoutCold, {
        ...someone,
        ref: parcelRef(),
        fact: parcel.posted(),
        id: 'minted',
      });
      expect(made).toMatchObject({ created: true, event: { v: 1 } });
    });
  });

  describe(`${name}: uniqueness`, () => {
    it('gives a key to one of twenty who want it at once, and all of them see to whom', async () => {
      const ref = parcelRef();
      const holders = Array.from({ length: 20 }, (_, index) => `holder-${index}`);
      const all = await Promise.all(
        holders.map((command) => handleCommand(store, parcelClaim, { ...someone, ref, command })),
      );
      expect((await store.load(ref)).events).toHaveLength(1);
      const winner = holders[all.findIndex((one) => one.event !== undefined)];
      expect(new Set(all.map((one) => one.state))).toEqual(new Set([winner]));
    });
  });
}

function oldParcel(ref: AggregateRef): Envelope {
  return {
    ...ref,
    eventId: randomUUID(),
    v: 1,
    type: 'parcel.posted',
    schema: 1,
    occurredAt: '2026-01-02T03:04:05.000Z',
    actor: someone.actor,
    causationId: someone.causationId,
    correlationId: someone.correlationId,
    data: { recipient: 'Ada', pin: '0000', kilograms: 1.5 },
  };
}
