import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { projectionName, type AggregateRef } from '@trunkline/contracts';
import { eventually, parcel } from '@trunkline/testing';
import {
  DeadLetters,
  JetStreamEventStore,
  previousCollection,
  rebuildProjection,
  verifyProjection,
  type Projector,
  type ProjectorDependencies,
} from '../../src/index.js';
import {
  FakeCold,
  ParcelView,
  catalogue,
  emptyLog,
  eventOf,
  newParcel,
  projectorOf,
  publish,
  publishAll,
  read,
  silent,
  startWorld,
  type ParcelDocument,
  type World,
} from '../projector-kit.js';

const tuning = { ackWaitMs: 1_500, nakDelayMs: 20, pullMs: 2_000 };

let world: World;
let cold: FakeCold;
const running: Projector<ParcelDocument>[] = [];

beforeAll(async () => {
  world = await startWorld();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await emptyLog(world);
});
afterAll(async () => {
  await world.stop();
});

function dependencies(): ProjectorDependencies {
  const { nc, mongo } = world;
  const store = new JetStreamEventStore(nc, { catalogue, cold });
  return { nc, mongo, store, catalogue, cold, log: silent, tuning };
}

async function start(view: ParcelView): Promise<Projector<ParcelDocument>> {
  const { store } = dependencies();
  const projector = projectorOf(world, view, { store, cold });
  running.push(projector);
  await projector.start();
  return projector;
}

function documentsOf(view: ParcelView) {
  return world.mongo.platformCollection<{ _id: string }>(projectionName(view.definition));
}

function everything(view: ParcelView): Promise<unknown[]> {
  return documentsOf(view)
    .find({}, { sort: { _id: 1 } })
    .toArray();
}

async function leftovers(view: ParcelView): Promise<string[]> {
  const name = projectionName(view.definition);
  const collections = await world.mongo.platformDatabase().listCollections().toArray();
  const manager = await jetstreamManager(world.nc);
  const durables = (await manager.consumers.list('EVT').next()).map((one) => one.name);
  return [...collections.map((one) => one.name), ...durables].filter(
    (one) => one.startsWith(name) && /rebuild|verify/.test(one),
  );
}

/** Ten parcels, the first half of them moved to the archive when asked for. */
async function tenParcels(archived: number): Promise<AggregateRef[]> {
  cold = new FakeCold();
  const refs = Array.from({ length: 10 }, () => newParcel(world));
  for (const [index, ref] of refs.entries()) {
    const facts = [parcel.posted(), parcel.moved('Delft'), parcel.delivered()];
    if (index >= archived) await publishAll(world, ref, facts);
    else cold.events.push(...facts.map((fact, at) => eventOf(ref, at + 1, fact)));
  }
  return refs;
}

/** Does `again` over and over while the work is under way. */
async function during<T>(again: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const repeating = (async () => {
    while (!over.signal.aborted) await again();
  })();
  try {
    return await work();
  } finally {
    over.abort();
    await repeating;
  }
}

describe('a rebuild', () => {
  it.each([0, 5, 10])('equals live with %i of 10 aggregates archived', async (archived) => {
    const view = new ParcelView();
    await tenParcels(archived);
    const projector = await start(view);
    await projector.caughtUp();
    const live = await everything(view);
    expect(live).toHaveLength(10);
    expect(await verifyProjection(view, dependencies())).toEqual({
      collection: projector.name,
      ...{ documents: 10, differences: [], parked: 0 },
    });
    expect(await rebuildProjection(view, dependencies())).toEqual({
      collection: projector.name,
      previous: previousCollection(projector.name),
      ...{ documents: 10, parked: 0 },
    });
    expect(await everything(view)).toEqual(live);
    const previous = world.mongo.platformCollection(previousCollection(projector.name));
    expect(await previous.countDocuments()).toBe(10);
    expect(await leftovers(view)).toEqual([]);
  });

  it('mends what was spoilt, while events arrive, and keeps indexes and validator', async () => {
    const view = new ParcelView();
    const refs = await tenParcels(3);
    const name = projectionName(view.definition);
    await world.mongo.ensureCollection(name, {
      indexes: [],
      enums: { status: ['posted', 'delivered'] },
    });
    const projector = await start(view);
    await projector.caughtUp();
    await documentsOf(view).updateOne({ _id: refs[9]?.id ?? '' }, { $set: { places: ['Spoilt'] } });
    const late: AggregateRef[] = [];
    const arrive = async (): Promise<void> => {
      const ref = newParcel(world);
      late.push(ref);
      await publishAll(world, ref, [parcel.posted(), parcel.moved('Leiden')]);
    };
    await during(arrive, async () => {
      await eventually(() => late.length > 5);
      await rebuildProjection(view, dependencies());
    });
    await projector.caughtUp();
    expect(await read(world, view, refs[9]?.id ?? '')).toMatchObject({ places: ['Delft'] });
    for (const ref of late) {
      expect(await read(world, view, ref.id)).toMatchObject({ places: ['Leiden'] });
    }
    expect(await documentsOf(view).countDocuments()).toBe(10 + late.length);
    expect(await documentsOf(view).indexExists('tenant_1_status_1')).toBe(true);
    const refused = documentsOf(view).insertOne({
      _id: 'x',
      tenant: 't',
      status: 'eaten',
    } as never);
    await expect(refused).rejects.toMatchObject({ code: 121 });
  });

  it('misses nothing that the live projector acknowledged just before the swap', async () => {
    const view = new ParcelView();
    await tenParcels(0);
    const projector = await start(view);
    await projector.caughtUp();
    const late = newParcel(world);
    const { mongo } = world;
    const slow: typeof mongo = Object.create(mongo, {
      platformCollection: {
        value: (name: string) => {
          const collection = mongo.platformCollection(name);
          const rename: typeof collection.rename = async (...args) => {
            await publishAll(world, late, [parcel.posted(), parcel.moved('Leiden')]);
            await projector.caughtUp();
            return collection.rename(...args);
          };
          return new Proxy(collection, {
            get: (target, key) => (key === 'rename' ? rename : Reflect.get(target, key)),
          });
        },
      },
      platformDatabase: { value: () => mongo.platformDatabase() },
    });
    await rebuildProjection(view, { ...dependencies(), mongo: slow });
    expect(await read(world, view, late.id)).toMatchObject({ places: ['Leiden'] });
    expect(await documentsOf(view).countDocuments()).toBe(11);
  });

  it('lets go what was parked and can be projected now, and parks what can not', async () => {
    const view = new ParcelView();
    cold = new FakeCold();
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted(), parcel.moved('nowhere')]);
    const projector = await start(view);
    await projector.caughtUp();
    expect(await rebuildProjection(view, dependencies())).toMatchObject({ parked: 1 });
    const letters = await DeadLetters.open(world.nc);
    expect(await letters.list(projector.name)).toMatchObject([{ state: 'parked', ref }]);
    view.isMended = true;
    expect(await rebuildProjection(view, dependencies())).toMatchObject({ parked: 0 });
    await eventually(async () => {
      expect(await letters.list(projector.name)).toEqual([]);
      expect(projector.parked()).toEqual([]);
    });
    expect(await read(world, view, ref.id)).toMatchObject({ places: ['nowhere'] });
  });
});

describe('verify', () => {
  it('finds what was changed, removed and added by hand, and names only ids', async () => {
    const view = new ParcelView();
    const refs = await tenParcels(5);
    const projector = await start(view);
    await projector.caughtUp();
    const [changed = '', removed = ''] = refs.map(({ id }) => id);
    await documentsOf(view).updateOne({ _id: changed }, { $set: { places: ['Spoilt'] } });
    await documentsOf(view).deleteOne({ _id: removed });
    const stray = { _id: 'stray', tenant: world.tenant, v: {}, first: {}, refs: {} };
    await documentsOf(view).insertOne(stray as never);
    const { differences } = await verifyProjection(view, dependencies());
    const byId = new Map(differences.map(({ id, kind }) => [id, kind]));
    expect(Object.fromEntries(byId)).toEqual({
      [changed]: 'content',
      [removed]: 'missing',
      stray: 'extra',
    });
    expect(await leftovers(view)).toEqual([]);
  });

  it('finds nothing while events arrive, and says what is only parked', async () => {
    const view = new ParcelView();
    cold = new FakeCold();
    const bad = newParcel(world);
    await publishAll(world, bad, [parcel.posted(), parcel.moved('nowhere')]);
    const projector = await start(view);
    await projector.caughtUp();
    view.isMended = true;
    const refs = Array.from({ length: 5 }, () => newParcel(world));
    for (const ref of refs) await publishAll(world, ref, [parcel.posted()]);
    let v = 1;
    const arrive = async (): Promise<void> => {
      v += 1;
      for (const ref of refs) await publish(world, eventOf(ref, v, parcel.moved(`p${v}`)));
    };
    const report = await during(arrive, () => verifyProjection(view, dependencies()));
    expect(report.differences).toEqual([{ id: bad.id, kind: 'parked' }]);
  });
});
