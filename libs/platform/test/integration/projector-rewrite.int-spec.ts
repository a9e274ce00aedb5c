import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { AggregateRef, Envelope } from '@trunkline/contracts';
import { deferred } from '@trunkline/kernel';
import { eventually, parcel } from '@trunkline/testing';
import {
  DeadLetters,
  JetStreamEventStore,
  ViewWriter,
  rebuildProjection,
  rewriteAggregate,
  verifyProjection,
  type Failpoint,
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

const stampBought = { type: 'stamp.bought', data: { cents: 95 } };

let world: World;
let cold: FakeCold;
const running: Projector<ParcelDocument>[] = [];

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  cold = new FakeCold();
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
  const tuning = { ackWaitMs: 1_500, nakDelayMs: 20, pullMs: 2_000 };
  return { nc, mongo, store, catalogue, cold, log: silent, tuning };
}

async function start(view: ParcelView): Promise<Projector<ParcelDocument>> {
  const { store } = dependencies();
  const projector = projectorOf(world, view, { store, cold });
  running.push(projector);
  await projector.start();
  return projector;
}

class PickyView extends ParcelView {
  override project(doc: ParcelDocument | undefined, event: Envelope): ParcelDocument | undefined {
    if ((event.data as { cents?: number }).cents === 13) throw new RangeError('unlucky');
    return super.project(doc, event);
  }
}

/** As the eraser leaves it: the whole history cold, and every place taken out of it. */
async function redact(ref: AggregateRef, events: readonly Envelope[]): Promise<void> {
  for (const event of events) {
    const { place } = event.data as { place?: string };
    const data = place === undefined ? event.data : { place: '[redacted]' };
    cold.events.push({ ...event, data });
  }
  const manager = await jetstreamManager(world.nc);
  await manager.streams.purge('EVT', { filter: `evt.*.${ref.tenant}.parcel.${ref.id}` });
}

/** The view's database, where something happens just before a rebuild swaps its collection in. */
function beforeRename(work: () => Promise<void>): World['mongo'] {
  const { mongo } = world;
  const platformCollection = (name: string): unknown => {
    const collection = mongo.platformCollection(name);
    const rename: typeof collection.rename = async (...args) => {
      await work();
      return collection.rename(...args);
    };
    return new Proxy(collection, {
      get: (target, key) => (key === 'rename' ? rename : Reflect.get(target, key)),
    });
  };
  return Object.create(mongo, {
    platformCollection: { value: platformCollection },
    platformDatabase: { value: () => mongo.platformDatabase() },
  });
}

describe('documents whose history was rewritten', () => {
  it('are built anew when the eraser asks for it', async () => {
    const view = new ParcelView(['parcel', 'stamp']);
    const ref = newParcel(world);
    const stamp = { ...ref, aggregate: 'stamp' };
    const events = await publishAll(world, ref, [parcel.posted(), parcel.moved('Canary street')]);
    await publish(world, eventOf(stamp, 1, stampBought));
    const projector = await start(view);
    await projector.caughtUp();
    await redact(ref, events);
    const letters = await DeadLetters.open(world.nc);
    await letters.ask('rewrite', { projection: projector.name, ref });
    await eventually(async () => {
      expect(await read(world, view, ref.id)).toMatchObject({
        places: ['[redacted]'],
        cents: 95,
        v: { parcel: 2, stamp: 1 },
      });
    });
    expect(await verifyProjection(view, dependencies())).toMatchObject({ differences: [] });
  });

  it('keep what was taken out when a writer comes late that had read it before', async () => {
    const view = new ParcelView(['parcel', 'stamp']);
    const ref = newParcel(world);
    const { store, mongo } = dependencies();
    const events = await publishAll(world, ref, [parcel.posted(), parcel.moved('Canary street')]);
    const writer = new ViewWriter({ projection: view, mongo, store });
    const bought = [1, 2].map((v) => eventOf({ ...ref, aggregate: 'stamp' }, v, stampBought));
    const [first, second] = bought as [Envelope, Envelope];
    await publish(world, first);
    for (const event of [...events, first]) await writer.apply(event);
    const reached = deferred<void>();
    const goOn = deferred<void>();
    const failpoint: Failpoint = async () => {
      reached.resolve();
      await goOn.promise;
    };
    const late = new ViewWriter({ projection: view, mongo, store, failpoint });
    const writing = late.apply(second);
    await reached.promise;
    await redact(ref, events);
    await rewriteAggregate({ store, writer, ref });
    await publish(world, second);
    goOn.resolve();
    await writing;
    expect(await read(world, view, ref.id)).toMatchObject({
      places: ['[redacted]'],
      cents: 190,
      v: { parcel: 2, stamp: 2 },
    });
    await rewriteAggregate({ store, writer, ref });
    expect(await read(world, view, ref.id)).toMatchObject({ rewrites: 2 });
    expect(await verifyProjection(view, dependencies())).toMatchObject({ differences: [] });
  });

  it('are gone from what a rebuild has kept of the time before it', async () => {
    const view = new ParcelView();
    const [ref, other] = [newParcel(world), newParcel(world)];
    const events = await publishAll(world, ref, [parcel.posted(), parcel.moved('Canary street')]);
    await publishAll(world, other, [parcel.posted()]);
    const projector = await start(view);
    await projector.caughtUp();
    const { previous = '' } = await rebuildProjection(view, dependencies());
    await redact(ref, events);
    const letters = await DeadLetters.open(world.nc);
    await letters.ask('rewrite', { projection: projector.name, ref });
    await eventually(async () => expect(await letters.list(projector.name)).toEqual([]));
    expect(await read(world, view, ref.id)).toMatchObject({ places: ['[redacted]'] });
    const kept = await world.mongo.platformCollection(previous).find().toArray();
    expect(kept).toMatchObject([{ _id: other.id }]);
  });

  it('are built anew also when a rebuild that read them before puts them in place', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const events = await publishAll(world, ref, [parcel.posted(), parcel.moved('Canary street')]);
    const projector = await start(view);
    await projector.caughtUp();
    const letters = await DeadLetters.open(world.nc);
    const erase = async (): Promise<void> => {
      await redact(ref, events);
      await letters.ask('rewrite', { projection: projector.name, ref });
      await eventually(async () => expect(await letters.list(projector.name)).toEqual([]));
    };
    await rebuildProjection(view, { ...dependencies(), mongo: beforeRename(erase) });
    await eventually(async () => {
      expect(await read(world, view, ref.id)).toMatchObject({ places: ['[redacted]'] });
    });
  });

  it('are built anew although the aggregate was parked before it could be done', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const events = await publishAll(world, ref, [parcel.posted(), parcel.moved('Canary street')]);
    const projector = await start(view);
    await projector.caughtUp();
    await projector.stop();
    const letters = await DeadLetters.open(world.nc);
    const about = { projection: projector.name, ref };
    await redact(ref, events);
    await letters.ask('rewrite', about);
    await letters.put({ ...about, state: 'parked', at: new Date().toISOString() });
    const next = await start(view);
    expect(await next.replay(ref)).toEqual({ replayed: 1, parkedAgain: 0 });
    expect(await letters.list(projector.name)).toEqual([]);
    expect(await read(world, view, ref.id)).toMatchObject({ places: ['[redacted]'] });
  });

  it('are built anew up to where they stand, whatever another of their sources holds', async () => {
    const view = new PickyView(['parcel', 'stamp']);
    const ref = newParcel(world);
    const stamp = { ...ref, aggregate: 'stamp' };
    const events = await publishAll(world, ref, [parcel.posted(), parcel.moved('Canary street')]);
    await publish(world, eventOf(stamp, 1, stampBought));
    const projector = await start(view);
    await projector.caughtUp();
    await publish(world, eventOf(stamp, 2, { type: 'stamp.bought', data: { cents: 13 } }));
    await projector.caughtUp();
    expect(projector.parked()).toMatchObject([{ ref: stamp, v: 2 }]);
    await redact(ref, events);
    const letters = await DeadLetters.open(world.nc);
    await letters.ask('rewrite', { projection: projector.name, ref });
    await eventually(async () => {
      expect(await read(world, view, ref.id)).toMatchObject({ places: ['[redacted]'], cents: 95 });
      expect(await letters.list(projector.name)).toMatchObject([{ ref: stamp }]);
    });
  });
});
