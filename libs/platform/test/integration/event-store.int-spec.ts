import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, eventSubject, type Envelope } from '@trunkline/contracts';
import {
  JetStreamEventStore,
  ensureStreams,
  handleCommand,
  newEvent,
  nowhere,
  type AppendResult,
} from '@trunkline/platform';
import {
  InMemoryColdHalf,
  parcel,
  parcelCatalogue,
  parcelDecider,
  parcelRef,
  someone,
  startNats,
  type TestNats,
} from '@trunkline/testing';
import { eventStoreContract } from '@trunkline/testing/contracts';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

const MAX_BYTES = 256 * 1024 * 1024;

let nats: TestNats;
let connection: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  nats = await startNats();
  connection = await nats.connect();
  await ensureStreams(connection, { replicas: 1, maxBytes: MAX_BYTES });
  manager = await jetstreamManager(connection);
});

afterAll(() => nats?.stop());

async function put(event: Envelope): Promise<void> {
  const answer = await connection.request(eventSubject(event), JSON.stringify(event));
  expect(answer.json()).not.toHaveProperty('error');
}

eventStoreContract('JetStreamEventStore', async () => {
  const cold = new InMemoryColdHalf();
  return {
    store: new JetStreamEventStore(connection, { catalogue: parcelCatalogue, cold }),
    storeWithoutCold: new JetStreamEventStore(connection, { catalogue: parcelCatalogue }),
    cold,
    put,
    purge: async (ref) => {
      await manager.streams.purge(EVENT_STREAM, { filter: eventSubject(ref) });
    },
  };
});

describe('JetStreamEventStore on one server', () => {
  const open = (own: NatsConnection = connection) =>
    new JetStreamEventStore(own, { catalogue: parcelCatalogue });

  it('gives 40 racers one winner a round, 50 rounds', async () => {
    const racers = await Promise.all(
      Array.from({ length: 8 }, async () => open(await nats.connect())),
    );
    const ref = parcelRef();
    let position = nowhere;
    for (let round = 1; round <= 50; round += 1) {
      const fact = round === 1 ? parcel.posted() : parcel.moved(`round-${round}`);
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, racer) =>
          racers[racer % 8]!.append({ ref, after: position, event: newEvent(fact, someone) }),
        ),
      );
      const winners = results.filter(isAppended);
      expect(winners).toHaveLength(1);
      position = winners[0]!.position;
    }
    const { events } = await open().load(ref);
    expect(events.map((event) => event.v)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
  });

  it('reads a long aggregate alike in batches and one by one', async () => {
    const ref = parcelRef();
    const store = open();
    let position = nowhere;
    for (let v = 1; v <= 1_100; v += 1) {
      const fact = v === 1 ? parcel.posted() : parcel.moved(`place-${v}`);
      const event = newEvent(fact, someone);
      const result = await store.append({ ref, after: position, event });
      if (isAppended(result)) position = result.position;
    }
    const batched = await store.load(ref);
    expect(batched.events).toHaveLength(1_100);
    expect(batched.position).toEqual(position);
    const led = await store.load(ref, { fromLeader: true });
    expect(led.events).toEqual(batched.events);
  });

  it('leaves no subscription behind when it has read', async () => {
    const store = open();
    const ref = parcelRef();
    await store.append({ ref, after: nowhere, event: newEvent(parcel.posted(), someone) });
    const before = await subscriptionCount();
    for (let round = 1; round <= 100; round += 1) {
      await store.load(ref);
      await store.load(parcelRef());
    }
    const after = await subscriptionCount();
    expect(after - before).toBeLessThan(50);
  });

  it('numbers exactly one event per append, under the message id that names it', async () => {
    const ref = parcelRef();
    const command = { kind: 'post', recipient: 'Ada', grams: 5 } as const;
    const { event } = await handleCommand(open(), parcelDecider, { ...someone, ref, command });
    const info = await manager.streams.info(EVENT_STREAM, { subjects_filter: eventSubject(ref) });
    expect(info.state.subjects).toEqual({ [eventSubject(ref)]: 1 });
    const stored = await manager.streams.getMessage(EVENT_STREAM, {
      last_by_subj: eventSubject(ref),
    });
    expect(stored?.header.get('Nats-Msg-Id')).toBe(
      `${ref.tenant}.parcel.${ref.id}.1.${event?.eventId}`,
    );
  });

  it('refuses an event that the server would not take', async () => {
    const ref = parcelRef();
    const event = newEvent(parcel.posted('A'.repeat(300_000)), someone);
    await expect(open().append({ ref, after: nowhere, event })).rejects.toMatchObject({
      code: 'log.invalid-event',
    });
  });

  it('answers log.full, and recovers when there is room again', async () => {
    const store = open();
    const { state } = await manager.streams.info(EVENT_STREAM);
    const ref = parcelRef();
    const append = { ref, after: nowhere, event: newEvent(parcel.posted(), someone) };
    await manager.streams.update(EVENT_STREAM, { max_bytes: state.bytes });
    await expect(store.append(append)).rejects.toMatchObject({ code: 'log.full' });
    const empty = await store.load(ref);
    expect(empty.events).toEqual([]);
    await manager.streams.update(EVENT_STREAM, { max_bytes: MAX_BYTES });
    await expect(store.append(append)).resolves.toMatchObject({ outcome: 'appended' });
    const { events } = await store.load(ref);
    expect(events).toHaveLength(1);
  });
});

async function subscriptionCount(): Promise<number> {
  const answer = await fetch(`${nats.monitorUrl}/varz`);
  const { subscriptions } = (await answer.json()) as { subscriptions: number };
  return subscriptions;
}

function isAppended(
  result: AppendResult,
): result is Extract<AppendResult, { outcome: 'appended' }> {
  return result.outcome === 'appended';
}
