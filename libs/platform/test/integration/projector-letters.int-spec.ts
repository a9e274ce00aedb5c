import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { projectionName, type AggregateRef } from '@trunkline/contracts';
import { eventually, parcel } from '@trunkline/testing';
import { DeadLetters, ViewWriter, type DeadLetter, type Projector } from '../../src/index.js';
import { LetterDesk } from '../../src/events/projector/projector-letters.js';
import { Parking } from '../../src/events/projector/projector-parking.js';
import {
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

let world: World;
let letters: DeadLetters;
const running: Projector<ParcelDocument>[] = [];

beforeAll(async () => {
  world = await startWorld();
  letters = await DeadLetters.open(world.nc);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await emptyLog(world);
});
afterAll(async () => {
  await world.stop();
});

async function start(view: ParcelView): Promise<Projector<ParcelDocument>> {
  const nc = await world.nats.connect();
  const projector = projectorOf(world, view, { nc });
  running.push(projector);
  await projector.start();
  return projector;
}

function note(view: ParcelView, ref: AggregateRef, state: DeadLetter['state']): DeadLetter {
  const projection = projectionName(view.definition);
  return { state, projection, ref, at: new Date().toISOString() };
}

/** A replica that has parked the aggregate and hears no notes, only looks them up. */
function deafReplica(view: ParcelView, ref: AggregateRef) {
  const { mongo, store } = world;
  const projection = projectionName(view.definition);
  const publishLetter = async (letter: DeadLetter): Promise<void> => {
    await letters.put(letter);
  };
  const parking = new Parking({ projection, catalogue, publish: publishLetter });
  const writer = new ViewWriter({ projection: view, mongo, store });
  const desk = new LetterDesk({
    ...{ projection, letters, parking, store, writer, log: silent },
    signal: new AbortController().signal,
  });
  parking.note(note(view, ref, 'parked'));
  return { parking, desk, writer };
}

describe('two replicas of one projector', () => {
  it('bring in what one acknowledged as parked after the other had replayed', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted(), parcel.moved('nowhere')]);
    const replicas = [await start(view), await start(view)];
    await eventually(() => replicas.every((one) => one.parked().length === 1));
    await publish(world, eventOf(ref, 3, parcel.moved('Leiden')));
    await replicas[0]?.caughtUp();
    view.isMended = true;
    // The stream keeps one note per aggregate: of `released` and `settled` the slow hear one.
    await letters.put(note(view, ref, 'settled'));
    await eventually(async () => {
      expect(await read(world, view, ref.id)).toMatchObject({ places: ['nowhere', 'Leiden'] });
    });
    expect(replicas.map((one) => one.parked())).toEqual([[], []]);
  });
});

describe('a replica that missed the notes', () => {
  it.each(['settled', 'released', 'rewrite'] as const)(
    'lets go and brings in what it held back when the last is "%s"',
    async (state) => {
      const view = new ParcelView();
      const ref = newParcel(world);
      await publishAll(world, ref, [parcel.posted(), parcel.moved('Delft')]);
      const { parking, desk } = deafReplica(view, ref);
      await letters.put(note(view, ref, state));
      await desk.reread();
      await eventually(async () => {
        expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'] });
        expect(await letters.list()).toEqual([]);
      });
      expect(parking.letters).toEqual([]);
    },
  );

  it('takes up what is asked for once, however often it looks', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const events = await publishAll(world, ref, [parcel.posted()]);
    const { desk, writer } = deafReplica(view, ref);
    for (const event of events) await writer.apply(event);
    await letters.put(note(view, ref, 'released'));
    await Promise.all([desk.reread(), desk.reread(), desk.reread()]);
    await eventually(async () => expect(await letters.list()).toEqual([]));
    const stored = await letters.get(projectionName(view.definition), ref);
    expect(stored).toMatchObject({ state: 'settled' });
    expect(await read(world, view, ref.id)).toMatchObject({ rewrites: 1 });
  });

  it('stays as it is while the last is "parked"', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted()]);
    const { parking, desk } = deafReplica(view, ref);
    await letters.put(note(view, ref, 'parked'));
    await desk.reread();
    expect(parking.letters).toMatchObject([{ ref }]);
  });
});
