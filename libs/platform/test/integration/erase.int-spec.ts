import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, type AggregateRef } from '@trunkline/contracts';
import { eventually, filesWith, parcel } from '@trunkline/testing';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { zstdDecompressSync } from 'node:zlib';
import {
  DeadLetters,
  Projector,
  rolledAfter,
  verifyProjection,
  type ArchiverStep,
  type ProjectedDocument,
} from '../../src/index.js';
import {
  archiverOf,
  dependenciesOf,
  hotCount,
  newViews,
  startArchiveWorld,
  type ArchiveWorld,
} from '../archive-kit.js';
import { emptyLog, eventOf, newParcel, publish, publishAll } from '../projector-kit.js';

let world: ArchiveWorld;
let canary: string;
const running: Projector<ProjectedDocument>[] = [];

beforeAll(async () => {
  world = await startArchiveWorld();
});
beforeEach(() => {
  world.views = newViews();
  canary = `canary-${randomUUID()}`;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  const manager = await jetstreamManager(world.nc);
  for await (const { name } of manager.consumers.list(EVENT_STREAM)) {
    await manager.consumers.delete(EVENT_STREAM, name);
  }
  await emptyLog(world);
});
afterAll(async () => {
  await world.stop();
});

async function person(): Promise<AggregateRef> {
  const ref = newParcel(world);
  await publishAll(world, ref, [parcel.posted(canary), parcel.moved(), parcel.delivered(canary)]);
  return ref;
}

async function openParcels(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await publish(world, eventOf(newParcel(world), 1, parcel.posted()));
  }
}

async function eraseFact(ref: AggregateRef): Promise<void> {
  await publish(world, eventOf(ref, 4, parcel.erased()));
}

async function startProjectors(): Promise<void> {
  for (const view of world.views) {
    const projector = new Projector(view, dependenciesOf(world));
    running.push(projector);
    await projector.start();
    await projector.caughtUp();
  }
}

async function caughtUp(): Promise<void> {
  for (const projector of running) await projector.caughtUp();
}

/** Where the canary still is: files of JetStream, objects, documents. */
async function placesOfCanary(): Promise<string[]> {
  const found = await filesWith(join(world.nats.dir, 'js'), canary);
  for await (const { name } of world.objects.list(world.bucket, '', 10_000)) {
    const bytes = await world.objects.get({ bucket: world.bucket, name });
    const text = name.endsWith('.zst') ? zstdDecompressSync(bytes) : Buffer.from(bytes);
    if (text.includes(canary)) found.push(name);
  }
  const database = world.mongo.platformDatabase();
  for (const { name } of await database.listCollections().toArray()) {
    const documents = await database.collection(name).find().toArray();
    if (JSON.stringify(documents).includes(canary)) found.push(name);
  }
  return found;
}

describe('Eraser', () => {
  it('leaves the canary nowhere, and the rebuilt read model equals the live one', async () => {
    await openParcels(20);
    const ref = await person();
    const other = newParcel(world);
    await publishAll(world, other, [parcel.posted('Grace'), parcel.delivered('Grace')]);
    await startProjectors();
    expect((await placesOfCanary()).length).toBeGreaterThanOrEqual(2);
    await eraseFact(ref);
    await caughtUp();
    const report = await (await archiverOf(world)).eraseNow();
    expect(report.erased).toBe(1);
    await eventually(async () => expect(await placesOfCanary()).toEqual([]));
    const { events } = await world.store.load(ref);
    expect(events.map(({ v, type }) => `${v} ${type}`)).toEqual([
      '1 parcel.posted',
      '2 parcel.moved',
      '3 parcel.delivered',
      '4 parcel.erased',
    ]);
    expect(events[0]?.data).toEqual({ recipient: '[redacted]', pin: '[redacted]', grams: 500 });
    expect(await hotCount(world, ref)).toBe(1);
    expect((await world.store.load(other)).events[0]?.data).toMatchObject({ recipient: 'Grace' });
    for (const view of world.views) {
      const verified = await verifyProjection(view, dependenciesOf(world));
      expect(verified.differences).toEqual([]);
    }
  });

  it('leaves the canary nowhere when it was archived before', async () => {
    // Neighbours that stay: a file of the stream that becomes empty is deleted anyway.
    await openParcels(40);
    const ref = await person();
    await openParcels(40);
    const archiver = await archiverOf(world);
    await archiver.runOnce();
    expect(await hotCount(world, ref)).toBe(0);
    const [place, ...others] = await placesOfCanary();
    expect(place).toContain('.g1.ndjson.zst');
    expect(others).toEqual([]);
    await eraseFact(ref);
    await archiver.runOnce();
    expect(await placesOfCanary()).toEqual([]);
    expect((await world.store.load(ref)).events.map(({ v }) => v)).toEqual([1, 2, 3, 4]);
  });

  it('removes dead letters about the person', async () => {
    const ref = await person();
    const letters = await DeadLetters.open(world.nc);
    const at = new Date().toISOString();
    await letters.put({ state: 'parked', projection: 'old-v1', ref, at, reason: canary });
    await eraseFact(ref);
    await (await archiverOf(world)).eraseNow();
    expect(await placesOfCanary()).toEqual([]);
    expect((await letters.list()).map(({ state }) => state)).not.toContain('parked');
  });

  it('redacts a secret once a later event carries it again, and nothing else', async () => {
    const ref = newParcel(world);
    const first = { type: 'parcel.posted', data: { recipient: 'Ada', pin: canary, grams: 5 } };
    await publishAll(world, ref, [first, parcel.moved(), parcel.posted('Ada'), parcel.moved()]);
    await (await archiverOf(world)).eraseNow();
    expect(await placesOfCanary()).toEqual([]);
    const { events } = await world.store.load(ref);
    expect(events.map(({ data }) => data)).toMatchObject([
      { recipient: 'Ada', pin: '[redacted]' },
      {},
      { recipient: 'Ada', pin: '0000' },
      {},
    ]);
    expect(await hotCount(world, ref)).toBe(3);
  });

  const steps: readonly ArchiverStep[] = [
    'intended',
    'data',
    'manifest',
    'verified',
    'indexed',
    'settled',
    'cold-rewritten',
    'deleted-one',
    'deleted',
    'forgotten',
  ];

  it.each(steps)('goes on where it was killed: at "%s"', async (at) => {
    const ref = await person();
    // Half of it cold already, so that a segment has to be rewritten, too.
    if (steps.indexOf(at) % 2 === 0) await (await archiverOf(world)).runOnce();
    await eraseFact(ref);
    const killed = await archiverOf(world, {
      afterStep: (step) => {
        if (step === at) throw new Error(`killed at ${at}`);
      },
    });
    await Promise.allSettled([killed.eraseNow()]);
    expect((await world.store.load(ref)).events).toHaveLength(4);
    const archiver = await archiverOf(world);
    await archiver.eraseNow();
    expect(await placesOfCanary()).toEqual([]);
    expect((await world.store.load(ref)).events.map(({ v }) => v)).toEqual([1, 2, 3, 4]);
    expect(await archiver.sweepOrphans()).toBe(0);
  });

  it('waits for a known durable that is behind', async () => {
    const ref = await person();
    await eraseFact(ref);
    const manager = await jetstreamManager(world.nc);
    const durable_name = 'slow';
    await manager.consumers.add(EVENT_STREAM, { durable_name, ack_policy: AckPolicy.Explicit });
    const archiver = await archiverOf(world, { isKnownDurable: (name) => name === durable_name });
    const { waiting } = await archiver.eraseNow();
    expect(waiting).toContainEqual({
      ref: `${ref.tenant}/parcel/${ref.id}`,
      for: 'durables: slow',
    });
    expect(await placesOfCanary()).not.toEqual([]);
    await manager.consumers.delete(EVENT_STREAM, durable_name);
    await archiver.eraseNow();
    expect(await placesOfCanary()).toEqual([]);
  });

  it('reports complete only when the rolling copies have rolled', async () => {
    const ref = await person();
    await eraseFact(ref);
    const copies = [rolledAfter('oplog', 3_600_000, world.clock)];
    const archiver = await archiverOf(world, { copies, forgetters: [] });
    await archiver.eraseNow();
    expect(await archiver.erasures.of(ref)).toMatchObject({
      state: 'rolling',
      waitingFor: 'oplog',
    });
    world.clock.aheadMs += 3_600_001;
    await archiver.eraseNow();
    expect(await archiver.erasures.of(ref)).toMatchObject({ state: 'complete' });
  });
});
