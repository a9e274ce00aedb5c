import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectionName, type Envelope } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { isRejectedDocument, parcel } from '@trunkline/testing';
import {
  JetStreamEventStore,
  nowhere,
  OwnWrites,
  ServiceViews,
  type ServiceViewsOptions,
} from '../../src/index.js';
import {
  catalogue,
  eventOf,
  newParcel,
  ParcelView,
  projectorOf,
  publish,
  read,
  startWorld,
  type World,
} from '../projector-kit.js';

/** One document per event. */
class ParcelTrail extends ParcelView {
  readonly perEvent = true as const;

  override documentId(event: Envelope): string {
    return event.eventId;
  }
}

describe('the views of a service', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const warned: [event: string, fields: unknown][] = [];

  function viewsOf(projections: ParcelView[], more: Partial<ServiceViewsOptions> = {}) {
    const { mongo, store } = world;
    const logger = { warn: (...line: [string, unknown?]) => void warned.push([line[0], line[1]]) };
    return new ServiceViews({ projections, enums: {}, mongo, store, logger, ...more });
  }

  it('hold an event once it is shown, in every view that has documents of its aggregate', async () => {
    const [one, other, stamps] = [new ParcelView(), new ParcelView(), new ParcelView(['stamp'])];
    const ref = newParcel(world);
    await viewsOf([one, other, stamps]).show(eventOf(ref, 1, parcel.moved('Delft')));
    expect(await read(world, one, ref.id)).toMatchObject({ places: ['Delft'], v: { parcel: 1 } });
    expect(await read(world, other, ref.id)).toMatchObject({ places: ['Delft'] });
    expect(await read(world, stamps, ref.id)).toBeUndefined();
    expect(warned).toEqual([]);
  });

  it('leave a trail of events to the projector', async () => {
    const trail = new ParcelTrail();
    const event = eventOf(newParcel(world), 1, parcel.posted());
    await viewsOf([trail]).show(event);
    expect(await read(world, trail, event.eventId)).toBeUndefined();
  });

  it('say that an event is late, and do not reject', async () => {
    const [view, broken] = [new ParcelView(), new ParcelView()];
    const name = projectionName(broken.definition);
    const platformCollection: World['mongo']['platformCollection'] = (asked) => {
      if (asked !== name) return world.mongo.platformCollection(asked);
      const away = () => Promise.reject(new AppError('store.unavailable', { retryable: true }));
      return new Proxy({}, { get: () => away }) as never;
    };
    const ensureCollection = world.mongo.ensureCollection.bind(world.mongo);
    const ref = newParcel(world);
    const mongo = { platformCollection, ensureCollection };
    await viewsOf([broken, view], { mongo }).show(eventOf(ref, 1, parcel.posted()));
    expect(await read(world, view, ref.id)).toBeDefined();
    expect(warned).toEqual([['views.late', expect.objectContaining({ id: ref.id })]]);
  });

  it('refuse by Mongo itself what is none of the values; indexes are not made here', async () => {
    const view = new ParcelView();
    const { view: name } = view.definition;
    await viewsOf([view], { enums: { [name]: { status: ['posted', 'delivered'] } } }).prepare();
    const collection = world.mongo.platformCollection<{ _id: string; status: string }>(
      projectionName(view.definition),
    );
    const wrong = { _id: '1', tenant: world.tenant, status: 'eaten' };
    await expect(collection.insertOne(wrong).catch(isRejectedDocument)).resolves.toBe(true);
    await collection.insertOne({ ...wrong, status: 'posted' });
    expect((await collection.indexes()).map(({ name: index }) => index)).toEqual(['_id_']);
  });

  it('are believed by the projector of the same process, and nobody else’s events are', async () => {
    const [view, own] = [new ParcelView(), new OwnWrites()];
    const applied: string[] = [];
    const failpoint = (at: string, ref: { readonly id: string }): Promise<void> => {
      if (at === 'before-ack') applied.push(ref.id);
      return Promise.resolve();
    };
    const projector = projectorOf(world, view, { own, failpoint });
    await projector.start();
    const store = new JetStreamEventStore(world.nc, { catalogue, onSend: own.sending });
    const [ours, theirs] = [newParcel(world), newParcel(world)];
    const origin = { actor: { kind: 'service', id: 'test' }, causationId: 't', correlationId: 't' };
    const event = { ...parcel.posted(), ...origin } as const;
    const appended = await store.append({ ref: ours, after: nowhere, event } as never);
    if (appended.outcome !== 'appended') throw new Error('not appended');
    await viewsOf([view], { own }).show(appended.event);
    await publish(world, eventOf(theirs, 1, parcel.posted()));
    await projector.caughtUp();
    await projector.stop();
    expect(applied).toEqual([theirs.id]);
    expect(await read(world, view, ours.id)).toMatchObject({ v: { parcel: 1 } });
    expect(await read(world, view, theirs.id)).toMatchObject({ v: { parcel: 1 } });
  });
});
