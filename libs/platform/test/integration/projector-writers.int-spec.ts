import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectionName, type Envelope } from '@trunkline/contracts';
import { parcel } from '@trunkline/testing';
import {
  JetStreamEventStore,
  ProjectionFailure,
  ViewWriter,
  type ProjectedDocument,
  type Projection,
} from '../../src/index.js';
import {
  FakeCold,
  ParcelView,
  catalogue,
  eventOf,
  newParcel,
  projectorOf,
  publish,
  publishAll,
  read,
  startWorld,
  type ParcelDocument,
  type World,
} from '../projector-kit.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

function writerOf(projection: Projection<ParcelDocument>): ViewWriter<ParcelDocument> {
  const { mongo, store } = world;
  return new ViewWriter({ projection, mongo, store });
}

describe('a view writer', () => {
  it('brings events in any order, any number of times, from any writer, to one result', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const places = ['a', 'b', 'c', 'd', 'e', 'f'];
    const events = await publishAll(world, ref, [
      parcel.posted(),
      ...places.map((place) => parcel.moved(place)),
    ]);
    const writers = [1, 2, 3].map(() => writerOf(view));
    const deliveries = writers.flatMap((writer) =>
      [...events, ...events].map((event) => ({ writer, event, dice: Math.random() })),
    );
    const inDisorder = deliveries.toSorted((one, other) => one.dice - other.dice);
    const applied = await Promise.all(inDisorder.map(({ writer, event }) => writer.apply(event)));
    expect(applied.filter((one) => one === 'written').length).toBeLessThanOrEqual(7);
    expect(await read(world, view, ref.id)).toMatchObject({ places, v: { parcel: 7 } });
  });

  it('takes a second event 1 with its own id for a duplicate, with another for a clash', async () => {
    const view = new ParcelView();
    const writer = writerOf(view);
    const ref = newParcel(world);
    const first = eventOf(ref, 1, parcel.posted());
    const racing = await Promise.all([1, 2, 3, 4].map(() => writer.apply(first)));
    expect(racing.filter((one) => one === 'written')).toHaveLength(1);
    expect(racing.filter((one) => one === 'duplicate')).toHaveLength(3);
    await expect(writer.apply(eventOf(ref, 1, parcel.posted()))).rejects.toThrow(ProjectionFailure);
    const stranger = eventOf({ ...ref, tenant: 'somebody-else' }, 1, parcel.posted());
    await expect(writer.apply(stranger)).rejects.toThrow(ProjectionFailure);
    expect(await read(world, view, ref.id)).toMatchObject({ tenant: world.tenant });
  });

  it('writes what it can of a gap before the event that fails', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const events = await publishAll(world, ref, [
      parcel.posted(),
      parcel.moved('Delft'),
      parcel.moved('nowhere'),
      parcel.moved('Leiden'),
    ]);
    const failing = writerOf(view).apply(events[3] as Envelope);
    await expect(failing).rejects.toMatchObject({ at: { v: 3, type: 'parcel.moved' } });
    expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'], v: { parcel: 2 } });
  });

  it('keeps a stub with the version where project answers nothing', async () => {
    const view = new ParcelView();
    const shy: Projection<ParcelDocument> = {
      definition: view.definition,
      indexes: [],
      documentId: (event) => event.id,
      project: (doc, event) =>
        event.type === 'parcel.posted' ? undefined : view.project(doc, event),
    };
    const writer = writerOf(shy);
    const ref = newParcel(world);
    await writer.apply(eventOf(ref, 1, parcel.posted()));
    expect(await read(world, view, ref.id)).toMatchObject({ absent: true, v: { parcel: 1 } });
    await writer.apply(eventOf(ref, 2, parcel.moved('Delft')));
    const doc = await read(world, view, ref.id);
    expect(doc).toMatchObject({ places: ['Delft'], v: { parcel: 2 } });
    expect(doc).not.toHaveProperty('absent');
  });

  it('calls a document that MongoDB refuses poison, not a fault of the world', async () => {
    const view = new ParcelView();
    const name = projectionName(view.definition);
    await world.mongo.ensureCollection(name, { indexes: [], enums: { status: ['delivered'] } });
    const posted = eventOf(newParcel(world), 1, parcel.posted());
    await expect(writerOf(view).apply(posted)).rejects.toThrow(ProjectionFailure);
  });
});

describe('a trail: one document per event', () => {
  interface Trail extends ProjectedDocument {
    readonly type: string;
  }

  const trailOf =
    (_id: string) =>
    (_: Trail | undefined, event: Envelope): Trail => ({
      ...{ _id, tenant: event.tenant, type: event.type },
    });

  it('inserts each event once, whatever the order', async () => {
    const { definition } = new ParcelView();
    const trail: Projection<Trail> = {
      ...{ definition, indexes: [], perEvent: true },
      documentId: (event) => event.eventId,
      project: (_, event) => ({ _id: event.eventId, tenant: event.tenant, type: event.type }),
    };
    const { mongo, store } = world;
    const writer = new ViewWriter({ projection: trail, mongo, store });
    const ref = newParcel(world);
    const second = eventOf(ref, 2, parcel.moved());
    expect(await writer.apply(second)).toBe('written');
    expect(await writer.apply(second)).toBe('duplicate');
    expect(await writer.apply(eventOf(ref, 1, parcel.posted()))).toBe('written');
    expect(await read(world, { definition }, second.eventId)).toMatchObject({
      type: 'parcel.moved',
      source: { aggregate: 'parcel', id: ref.id, v: 2 },
    });
    const clumsy = { ...trail, documentId: () => second.eventId, project: trailOf(second.eventId) };
    const other = new ViewWriter<Trail>({ projection: clumsy, mongo, store });
    await expect(other.apply(eventOf(ref, 3, parcel.moved()))).rejects.toThrow(ProjectionFailure);
    expect(await mongo.platformCollection(projectionName(definition)).countDocuments()).toBe(2);
  });
});

describe('events without their predecessors', () => {
  it('do not clog 50 good ones, and are filled from the archive or parked', async () => {
    const view = new ParcelView();
    const cold = new FakeCold();
    const archived = Array.from({ length: 10 }, () => newParcel(world));
    const lost = newParcel(world);
    for (const ref of [...archived, lost]) {
      if (ref !== lost) cold.events.push(eventOf(ref, 1, parcel.posted()));
      await publish(world, eventOf(ref, 2, parcel.moved('Delft')));
    }
    const good = Array.from({ length: 50 }, () => newParcel(world));
    for (const ref of good) await publishAll(world, ref, [parcel.posted()]);
    const store = new JetStreamEventStore(world.nc, { catalogue, cold });
    const projector = projectorOf(world, view, { store });
    await projector.start();
    try {
      await projector.caughtUp();
      for (const ref of good) expect(await read(world, view, ref.id)).toBeDefined();
      for (const ref of archived) {
        expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'] });
      }
      expect(await read(world, view, lost.id)).toBeUndefined();
      const mine = projector.parked().filter(({ ref }) => ref.id === lost.id);
      expect(mine).toMatchObject([{ v: 2, reason: 'log.incomplete' }]);
    } finally {
      await projector.stop();
    }
  });
});
