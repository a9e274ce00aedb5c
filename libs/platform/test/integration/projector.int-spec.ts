import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectionName } from '@trunkline/contracts';
import { parcel } from '@trunkline/testing';
import { ViewWriter, type Projector } from '../../src/index.js';
import {
  ParcelView,
  eventOf,
  newParcel,
  projectorOf,
  publish,
  publishAll,
  startWorld,
  type ParcelDocument,
  type World,
} from '../projector-kit.js';

let world: World;
const running: Projector<ParcelDocument>[] = [];

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await world.stop();
});

async function start(view: ParcelView, more = {}): Promise<Projector<ParcelDocument>> {
  const projector = projectorOf(world, view, more);
  running.push(projector);
  await projector.start();
  return projector;
}

function read(view: ParcelView, id: string): Promise<Record<string, unknown> | null> {
  const collection = world.mongo.platformCollection<{ _id: string }>(
    projectionName(view.definition),
  );
  return collection.findOne({ _id: id });
}

describe('a projector on the real servers', () => {
  it('brings the log into the view, with the version and first event of its source', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const [first] = await publishAll(world, ref, [
      parcel.posted(),
      parcel.moved('Utrecht'),
      parcel.moved('Delft'),
    ]);
    const projector = await start(view);
    await projector.caughtUp();
    expect(await read(view, ref.id)).toEqual({
      _id: ref.id,
      tenant: world.tenant,
      places: ['Utrecht', 'Delft'],
      cents: 0,
      status: 'posted',
      v: { parcel: 3 },
      first: { parcel: first?.eventId },
      refs: { parcel: `${world.tenant}/${ref.id}` },
    });
    await publish(world, eventOf(ref, 4, parcel.delivered()));
    await projector.caughtUp();
    expect(await read(view, ref.id)).toMatchObject({ status: 'delivered', v: { parcel: 4 } });
  });

  it('parks a poison event, lets the others go on, and replays it after the fix', async () => {
    const view = new ParcelView();
    const bad = newParcel(world);
    const good = newParcel(world);
    await publishAll(world, bad, [parcel.posted('Canary Person'), parcel.moved('nowhere')]);
    await publishAll(world, good, [parcel.posted(), parcel.moved('Delft')]);
    const projector = await start(view);
    await publish(world, eventOf(bad, 3, parcel.moved('Leiden')));
    await projector.caughtUp();
    expect(await read(view, good.id)).toMatchObject({ places: ['Delft'] });
    expect(await read(view, bad.id)).toMatchObject({ places: [], v: { parcel: 1 } });
    expect(projector.parked()).toMatchObject([
      { ref: bad, v: 2, type: 'parcel.moved', reason: expect.stringMatching(/^TypeError at /) },
    ]);
    view.isMended = true;
    expect(await projector.replay(bad)).toEqual({ replayed: 1, parkedAgain: 0 });
    expect(await read(view, bad.id)).toMatchObject({
      places: ['nowhere', 'Leiden'],
      v: { parcel: 3 },
    });
    expect(projector.parked()).toEqual([]);
  });
});

describe('writers that meet', () => {
  it('bring events in any order, any number of times, to one result', async () => {
    const view = new ParcelView();
    const { mongo, store } = world;
    const ref = newParcel(world);
    const places = ['a', 'b', 'c', 'd', 'e', 'f'];
    const events = await publishAll(world, ref, [
      parcel.posted(),
      ...places.map((place) => parcel.moved(place)),
    ]);
    const writers = [1, 2, 3].map(() => new ViewWriter({ projection: view, mongo, store }));
    const shuffled = [...events, ...events].toSorted(() => Math.random() - 0.5);
    await Promise.all(writers.flatMap((writer) => shuffled.map((event) => writer.apply(event))));
    expect(await read(view, ref.id)).toMatchObject({ places, v: { parcel: 7 } });
  });
});
