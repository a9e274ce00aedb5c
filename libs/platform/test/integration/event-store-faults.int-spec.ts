import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, type AggregateRef } from '@trunkline/contracts';
import {
  JetStreamEventStore,
  ensureStreams,
  newEvent,
  nowhere,
  type AppendResult,
  type EventStoreOptions,
  type Position,
} from '@trunkline/platform';
import {
  ChaosProxy,
  eventually,
  parcel,
  parcelCatalogue,
  parcelRef,
  someone,
  startNats,
  type TestNats,
} from '@trunkline/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

let nats: TestNats;
let connection: NatsConnection;

beforeAll(async () => {
  nats = await startNats();
  connection = await nats.connect();
  await ensureStreams(connection, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
});

afterAll(() => nats?.stop());

function open(own: NatsConnection, limits: EventStoreOptions['limits'] = {}): JetStreamEventStore {
  return new JetStreamEventStore(own, { catalogue: parcelCatalogue, limits });
}

function posting(ref: AggregateRef, after: Position = nowhere) {
  const fact = after.v === 0 ? parcel.posted() : parcel.moved(`after-${after.v}`);
  return { ref, after, event: newEvent(fact, someone) };
}

async function storedCount(): Promise<number> {
  const manager = await jetstreamManager(connection);
  const info = await manager.streams.info(EVENT_STREAM);
  return info.state.messages;
}

describe('an acknowledgement lost on the wire', () => {
  it('gives one event, and the append knows where it is', async () => {
    const proxy = await ChaosProxy.before(nats.url);
    const own = await nats.connect({ servers: `127.0.0.1:${proxy.port}` });
    const store = open(own, { ackTimeoutMs: 500 });
    try {
      for (let round = 1; round <= 10; round += 1) {
        const ref = parcelRef();
        const before = await storedCount();
        proxy.swallow('toClient');
        const appending = store.append(posting(ref));
        await eventually(() => proxy.swallowedBytes('toClient') > 0);
        await eventually(async () => (await storedCount()) === before + 1);
        proxy.cut();
        const result = await appending;
        const { events, position } = await open(connection).load(ref);
        expect(events).toHaveLength(1);
        expect(result).toMatchObject({ outcome: 'appended', event: events[0], position });
      }
    } finally {
      await own.close();
      await proxy.stop();
    }
  });

  it('a publish that never arrived is sent again, once', async () => {
    const proxy = await ChaosProxy.before(nats.url);
    const own = await nats.connect({ servers: `127.0.0.1:${proxy.port}` });
    try {
      const ref = parcelRef();
      proxy.swallow('toServer');
      const appending = open(own, { ackTimeoutMs: 500 }).append(posting(ref));
      await eventually(() => proxy.swallowedBytes('toServer') > 0);
      proxy.cut();
      await expect(appending).resolves.toMatchObject({ outcome: 'appended' });
      const { events } = await open(connection).load(ref);
      expect(events).toHaveLength(1);
    } finally {
      await own.close();
      await proxy.stop();
    }
  });
});

describe('a publish that arrives late, after its repetition was sent', () => {
  it.each(['after', 'while'])('is stored once (%s the repetition is stored)', async (moment) => {
    const proxy = await ChaosProxy.before(nats.url);
    const own = await nats.connect({ servers: `127.0.0.1:${proxy.port}` });
    const store = open(own, { ackTimeoutMs: 500 });
    try {
      for (let round = 1; round <= 10; round += 1) {
        const ref = parcelRef();
        proxy.hold();
        const appending = store.append(posting(ref));
        await eventually(() => proxy.heldBytes > 0);
        proxy.cutHeldClients();
        if (moment === 'after') await appending;
        await proxy.release();
        const result = await appending;
        await store.load(ref);
        const { events } = await open(connection).load(ref, { fromLeader: true });
        expect(events).toHaveLength(1);
        expect(result).toMatchObject({ outcome: 'appended', event: events[0] });
      }
    } finally {
      await own.close();
      await proxy.stop();
    }
  });
});

describe('a frozen server', () => {
  it('SIGSTOP during a publish ends as appended exactly once, however late it arrives', async () => {
    const own = await nats.connect();
    const store = open(own, { ackTimeoutMs: 100 });
    for (let round = 1; round <= 5; round += 1) {
      const ref = parcelRef();
      const before = own.stats().outMsgs;
      await nats.pause();
      const appending = store.append(posting(ref));
      // The publish, and two reads that try to settle it, have had no answer.
      await eventually(() => own.stats().outMsgs >= before + 3);
      nats.resume();
      const result = await appending;
      expect(result.outcome).toBe('appended');
      const { events, position } = await store.load(ref);
      expect(events).toHaveLength(1);
      expect(result).toMatchObject({ event: events[0], position });
    }
    await own.close();
  });

  it('one that stays frozen is log.unknown at the deadline, and log.unavailable for a load', async () => {
    const own = await nats.connect();
    const ref = parcelRef();
    const store = open(own, { ackTimeoutMs: 100, settleWithinMs: 700 });
    await nats.pause();
    try {
      await expect(store.append(posting(ref))).rejects.toMatchObject({ code: 'log.unknown' });
    } finally {
      nats.resume();
    }
    const { events } = await eventually(() => store.load(ref));
    expect(events.length).toBeLessThanOrEqual(1);
    await own.close();
  });
});

describe('a server that dies', () => {
  it('kill -9 under load loses nothing acknowledged and doubles nothing, 10 rounds', async () => {
    const own = await nats.connect();
    const store = open(own);
    const writers = Array.from({ length: 10 }, () => new Writer(store));
    for (let round = 1; round <= 10; round += 1) {
      const goals = writers.map((writer) => writer.acknowledged.length + 5);
      const writing = writers.map((writer) => writer.write());
      await eventually(() => writers.every((one, at) => one.acknowledged.length >= goals[at]!));
      await nats.restart();
      await eventually(
        () => writers.every((one, at) => one.acknowledged.length >= goals[at]! + 5),
        {
          deadlineMs: 20_000,
        },
      );
      for (const writer of writers) writer.stop();
      await Promise.all(writing);
    }
    for (const writer of writers) {
      const { events } = await open(connection).load(writer.ref, { fromLeader: true });
      // Nobody else writes there, so every event but those of unknown outcome was acknowledged.
      expect(events.map((event) => event.eventId)).toEqual(writer.acknowledged);
      expect(events.map((event) => event.v)).toEqual(events.map((_, at) => at + 1));
    }
    await own.close();
  });

  it('one that is away is log.unavailable, and nothing is stored', async () => {
    const own = await nats.connect();
    const store = open(own, { unreachableMs: 300 });
    const ref = parcelRef();
    await nats.kill();
    // Once the client has noticed; what it sends before is an unknown outcome.
    await expect(store.load(ref)).rejects.toMatchObject({ code: 'log.unavailable' });
    await expect(store.append(posting(ref))).rejects.toMatchObject({ code: 'log.unavailable' });
    await nats.start();
    const { events } = await eventually(() => store.load(ref));
    expect(events).toEqual([]);
    await own.close();
  });
});

/** Appends to one aggregate until it is stopped, and remembers what was acknowledged. */
class Writer {
  readonly ref = parcelRef();
  readonly acknowledged: string[] = [];
  readonly #store: JetStreamEventStore;
  #position = nowhere;
  #stopped = false;

  constructor(store: JetStreamEventStore) {
    this.#store = store;
  }

  stop(): void {
    this.#stopped = true;
  }

  async write(): Promise<void> {
    this.#stopped = false;
    while (!this.#stopped) {
      const result: AppendResult = await this.#store.append(posting(this.ref, this.#position));
      if (result.outcome !== 'appended') throw new Error('a conflict without another writer');
      this.acknowledged.push(result.event.eventId);
      this.#position = result.position;
    }
  }
}
