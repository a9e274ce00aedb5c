import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, eventSubject, type AggregateRef } from '@trunkline/contracts';
import { parcel, someone, startNats } from '@trunkline/testing';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import {
  DeadLetters,
  Projector,
  createAggregate,
  ensureStreams,
  rebuildProjection,
  verifyProjection,
  type Archiver,
  type ArchiverStep,
  type ProjectedDocument,
} from '../../src/index.js';
import {
  archiverOf,
  closedParcel,
  closedParcels,
  dependenciesOf,
  histories,
  hotCount,
  newViews,
  startArchiveWorld,
  type ArchiveWorld,
} from '../archive-kit.js';
import { emptyLog, eventOf, newParcel, publish, publishAll } from '../projector-kit.js';

let world: ArchiveWorld;
const running: Projector<ProjectedDocument>[] = [];
const DAY_MS = 86_400_000;

beforeAll(async () => {
  world = await startArchiveWorld();
});
beforeEach(() => {
  world.views = newViews();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  world.clock.aheadMs = 4 * DAY_MS;
  const manager = await jetstreamManager(world.nc);
  for await (const { name } of manager.consumers.list(EVENT_STREAM)) {
    await manager.consumers.delete(EVENT_STREAM, name);
  }
  await emptyLog(world);
  const { bucket, objects } = world;
  for await (const { name } of objects.list(bucket, '', 10_000)) {
    await objects.remove({ bucket, name });
  }
  for (const name of ['log_cold', 'log_closed', 'log_erasures', 'log_intents']) {
    await world.mongo.platformCollection(name).deleteMany({});
  }
});
afterAll(async () => {
  await world.stop();
});

async function startProjector(): Promise<Projector<ProjectedDocument>> {
  const projector = new Projector(world.views[0]!, dependenciesOf(world));
  running.push(projector);
  await projector.start();
  await projector.caughtUp();
  return projector;
}

describe('Archiver', () => {
  it('moves what has ended and loads it whole, and leaves the rest', async () => {
    const closed = await closedParcels(world, 5);
    const open = newParcel(world);
    await publishAll(world, open, [parcel.posted(), parcel.moved()]);
    const before = await histories(world, [...closed, open]);
    const { archive } = await (await archiverOf(world)).runOnce();
    expect(archive).toMatchObject({ aggregates: 5, events: 15, segments: 1 });
    for (const ref of closed) expect(await hotCount(world, ref)).toBe(0);
    expect(await hotCount(world, open)).toBe(2);
    expect(await histories(world, [...closed, open])).toEqual(before);
  });

  it('leaves what is younger than its limit, which is never under an hour', async () => {
    const ref = await closedParcel(world);
    world.clock.aheadMs = 59 * 60_000;
    const archiver = await archiverOf(world, { hotMs: 0 });
    expect((await archiver.runOnce()).archive.aggregates).toBe(0);
    world.clock.aheadMs = 61 * 60_000;
    expect((await archiver.runOnce()).archive.aggregates).toBe(1);
    expect(await hotCount(world, ref)).toBe(0);
  });

  it('says what it would do and does nothing in a dry run', async () => {
    const ref = await closedParcel(world);
    const { archive } = await (await archiverOf(world)).runOnce({ isDryRun: true });
    expect(archive).toMatchObject({ aggregates: 1, events: 3 });
    expect(await hotCount(world, ref)).toBe(3);
  });

  it('keeps a later event hot, merges it by version and archives it in a later pass', async () => {
    const ref = await closedParcel(world);
    const archiver = await archiverOf(world);
    await archiver.runOnce();
    const { position, loadedAtMs } = await world.store.load(ref);
    const append = { ref, after: position, loadedAtMs, event: { ...someone, ...parcel.moved() } };
    expect((await world.store.append(append)).outcome).toBe('appended');
    const before = await histories(world, [ref]);
    expect(before[0]?.split('\n')).toHaveLength(4);
    await archiver.runOnce();
    expect(await hotCount(world, ref)).toBe(0);
    expect(await histories(world, [ref])).toEqual(before);
  });

  it('refuses a second archiver', async () => {
    let other: Promise<unknown> | undefined;
    const second = await archiverOf(world);
    const first = await archiverOf(world, {
      afterStep: async (step) => {
        if (step !== 'noted') return;
        other = second.runOnce();
        await expect(other).rejects.toMatchObject({ code: 'log.busy' });
      },
    });
    await first.runOnce();
    expect(other).toBeDefined();
    await second.runOnce();
  });

  it('does not purge above a known durable, and reports an unknown one without waiting', async () => {
    const ref = await closedParcel(world);
    const projector = await startProjector();
    await projector.stop();
    const late = await closedParcel(world);
    const manager = await jetstreamManager(world.nc);
    const stranger = { durable_name: 'stranger', ack_policy: AckPolicy.Explicit };
    await manager.consumers.add(EVENT_STREAM, stranger);
    const { archive } = await (await archiverOf(world)).runOnce();
    expect(archive.kept.behind).toBe(1);
    expect(archive.durables).toMatchObject({ unknown: ['stranger'], behind: [projector.name] });
    expect([await hotCount(world, ref), await hotCount(world, late)]).toEqual([0, 3]);
  });

  it('does not move an aggregate that a projection has parked', async () => {
    const ref = await closedParcel(world);
    const letters = await DeadLetters.open(world.nc);
    const letter = { projection: 'agents-parcels-v1', ref, at: new Date().toISOString() };
    await letters.put({ ...letter, state: 'parked', reason: 'test' });
    const archiver = await archiverOf(world);
    expect((await archiver.runOnce()).archive.kept.parked).toBe(1);
    expect(await hotCount(world, ref)).toBe(3);
    await letters.put({ ...letter, state: 'settled' });
    await archiver.runOnce();
    expect(await hotCount(world, ref)).toBe(0);
  });

  it('reads what was erased, which stays hot, in one pass and not in every one', async () => {
    const ref = await closedParcel(world);
    await publish(world, eventOf(ref, 4, parcel.erased()));
    const archiver = await archiverOf(world);
    expect((await archiver.runOnce({ isDryRun: true })).archive.kept.erased).toBe(1);
    expect((await archiver.runOnce()).archive.kept.erased).toBe(1);
    expect((await archiver.runOnce()).archive.kept.erased).toBe(0);
    expect(await hotCount(world, ref)).toBe(1);
    await publish(world, eventOf(ref, 5, parcel.moved()));
    expect((await archiver.runOnce()).archive.kept.erased).toBe(1);
    expect((await world.store.load(ref)).events).toHaveLength(5);
  });

  it('builds log_cold anew from the manifests', async () => {
    const refs = await closedParcels(world, 3);
    const before = await histories(world, refs);
    const archiver = await archiverOf(world);
    await archiver.runOnce();
    await world.mongo.platformCollection('log_cold').deleteMany({});
    await expect(histories(world, refs)).resolves.not.toEqual(before);
    expect(await archiver.rebuildIndex()).toBeGreaterThan(0);
    expect(await histories(world, refs)).toEqual(before);
  });

  it('purges nothing when a segment cannot be read back as it was written', async () => {
    const ref = await closedParcel(world);
    const { bucket, objects } = world;
    const archiver = await archiverOf(world, {
      afterStep: async (step) => {
        if (step !== 'manifest') return;
        for await (const { name } of objects.list(bucket, world.tenant, 1_000)) {
          if (!name.endsWith('.zst')) continue;
          const options = { contentType: 'application/zstd' };
          await objects.put({ bucket, name }, Buffer.from('rot'), options);
        }
      },
    });
    await expect(archiver.runOnce()).rejects.toMatchObject({ code: 'log.damaged' });
    expect(await hotCount(world, ref)).toBe(3);
    await (await archiverOf(world)).runOnce();
    expect(await hotCount(world, ref)).toBe(0);
    expect((await world.store.load(ref)).events).toHaveLength(3);
  });
});

describe('an archiver that is killed', () => {
  const steps: readonly ArchiverStep[] = [
    'recovered',
    'noted',
    'intended',
    'data',
    'manifest',
    'verified',
    'indexed',
    'settled',
    'overwritten-one',
    'purged-one',
    'purged',
  ];

  it.each(steps)('at "%s" loses nothing and doubles nothing', async (at) => {
    const refs = await closedParcels(world, 4);
    const before = await histories(world, refs);
    const killed = await archiverOf(world, {
      afterStep: (step) => {
        if (step === at) throw new Error(`killed at ${at}`);
      },
    });
    await expect(killed.runOnce()).rejects.toThrow(`killed at ${at}`);
    expect(await histories(world, refs)).toEqual(before);
    const archiver = await archiverOf(world);
    await archiver.runOnce();
    expect(await histories(world, refs)).toEqual(before);
    for (const ref of refs) expect(await hotCount(world, ref)).toBe(0);
    await expectEachColdOnce(archiver, refs);
  });

  it('leaves no half that looks whole without its last event', async () => {
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.moved(), parcel.moved(), parcel.delivered()]);
    const before = await histories(world, [ref]);
    const killed = await archiverOf(world, {
      afterStep: (step) => {
        if (step === 'overwritten-one') throw new Error('killed');
      },
    });
    await expect(killed.runOnce()).rejects.toThrow('killed');
    expect(await histories(world, [ref])).toEqual(before);
    expect(await hotCount(world, ref)).toBe(1);
  });

  /** By the manifests, so that a segment nobody speaks of any more would be found, too. */
  async function expectEachColdOnce(
    archiver: Archiver,
    refs: readonly AggregateRef[],
  ): Promise<void> {
    await archiver.rebuildIndex();
    const wanted = new Set(refs.map(({ id }) => id));
    const ids: string[] = [];
    for await (const { id, eventId } of world.cold.all({ tenant: world.tenant })) {
      if (wanted.has(id)) ids.push(eventId);
    }
    expect(ids).toHaveLength(refs.length * 3);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await archiver.sweepOrphans()).toBe(0);
  }
});

describe('readers while the archiver moves', () => {
  it('load every aggregate whole at every moment', async () => {
    const refs = await closedParcels(world, 60);
    const before = await histories(world, refs);
    const archiver = await archiverOf(world);
    const done = new AbortController();
    const moving = archiver.runOnce().finally(() => done.abort());
    let rounds = 0;
    do {
      expect(await histories(world, refs)).toEqual(before);
      rounds += 1;
    } while (!done.signal.aborted);
    await moving;
    expect(await histories(world, refs)).toEqual(before);
    expect(rounds).toBeGreaterThan(0);
  });

  it.each([
    ['nothing', 0],
    ['half', 10],
    ['all', 20],
  ])('rebuild the same read model with %s of the closed aggregates archived', async (_, moved) => {
    const [view] = world.views;
    const early = await closedParcels(world, moved);
    const projector = await startProjector();
    await (await archiverOf(world)).runOnce();
    for (const ref of early) expect(await hotCount(world, ref)).toBe(0);
    await closedParcels(world, 20 - moved);
    await projector.caughtUp();
    const report = await verifyProjection(view!, dependenciesOf(world));
    expect(report).toMatchObject({ differences: [], parked: 0 });
  });

  it('rebuild the same read model while the archiver runs', async () => {
    const [view] = world.views;
    await closedParcels(world, 40);
    await startProjector();
    const archiver = await archiverOf(world);
    const [rebuilt] = await Promise.all([
      rebuildProjection(view!, dependenciesOf(world)),
      archiver.runOnce(),
    ]);
    await archiver.runOnce();
    expect(rebuilt.documents).toBeGreaterThanOrEqual(40);
    const report = await verifyProjection(view!, dependenciesOf(world));
    expect(report).toMatchObject({ differences: [], parked: 0 });
  });
});

describe('a writer that races the archiver', () => {
  it('cannot create again what is entirely cold', async () => {
    const ref = await closedParcel(world);
    await (await archiverOf(world)).runOnce();
    const fact = parcel.posted('Eve');
    const create = createAggregate(world.store, { ...someone, ref, fact, causationId: 'other' });
    await expect(create).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    expect((await world.store.load(ref)).events).toHaveLength(3);
  });

  it('cannot create with what it learnt before the aggregate was made and moved', async () => {
    const ref = newParcel(world);
    const { position } = await world.store.load(ref);
    // The archiver waits an hour at least; an append is abandoned after a minute.
    const loadedAtMs = Date.now() - 61 * 60_000;
    await publishAll(world, ref, [parcel.posted(), parcel.delivered()]);
    await (await archiverOf(world)).runOnce();
    expect(await hotCount(world, ref)).toBe(0);
    const append = { ref, after: position, loadedAtMs, event: { ...someone, ...parcel.posted() } };
    expect(await world.store.append(append)).toEqual({ outcome: 'conflict' });
    expect(await hotCount(world, ref)).toBe(0);
  });

  it('conflicts when its position was purged', async () => {
    const ref = await closedParcel(world);
    const { position } = await world.store.load(ref);
    await (await archiverOf(world)).runOnce();
    const append = { ref, after: position, event: { ...someone, ...parcel.moved() } };
    expect(await world.store.append(append)).toEqual({ outcome: 'conflict' });
  });

  it('keeps an event that arrives between the reading and the purge', async () => {
    const ref = await closedParcel(world);
    let isAppended = false;
    const archiver = await archiverOf(world, {
      afterStep: async (step) => {
        if (step !== 'verified' || isAppended) return;
        isAppended = true;
        await publish(world, eventOf(ref, 4, parcel.moved('late')));
      },
    });
    await archiver.runOnce();
    expect(await hotCount(world, ref)).toBe(1);
    expect((await world.store.load(ref)).events.map(({ v }) => v)).toEqual([1, 2, 3, 4]);
    expect(eventSubject(ref)).toContain(ref.id);
  });
});

describe('the rights of the archiver', () => {
  it('are those of the analytics user and no more', async () => {
    const nats = await startNats({ users: true });
    try {
      const operator = await nats.connect({ user: 'operator' });
      await ensureStreams(operator, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
      const ref = await closedParcel({ ...world, nc: operator });
      const erased = await closedParcel({ ...world, nc: operator });
      await publish({ ...world, nc: operator }, eventOf(erased, 4, parcel.erased()));
      await world.mongo.platformCollection('log_checkpoints').deleteMany({});
      const connection = await nats.connect({ user: 'analytics' });
      const report = await (await archiverOf({ ...world, nc: connection })).runOnce();
      expect(report.archive.aggregates).toBe(1);
      expect(report.erase.erased).toBe(1);
      expect(await hotCount({ ...world, nc: operator }, ref)).toBe(0);
      expect(await hotCount({ ...world, nc: operator }, erased)).toBe(1);
    } finally {
      await nats.stop();
      await world.mongo.platformCollection('log_checkpoints').deleteMany({});
    }
  });
});
