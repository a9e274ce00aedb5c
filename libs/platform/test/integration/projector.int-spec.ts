import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { eventSubject, type AggregateRef } from '@trunkline/contracts';
import { eventually, parcel } from '@trunkline/testing';
import { DeadLetters, requestReplay, type Projector } from '../../src/index.js';
import {
  ParcelView,
  emptyLog,
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

async function start(view: ParcelView, more = {}): Promise<Projector<ParcelDocument>> {
  const projector = projectorOf(world, view, more);
  running.push(projector);
  await projector.start();
  return projector;
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
    expect(await read(world, view, ref.id)).toEqual({
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
    expect(await read(world, view, ref.id)).toMatchObject({
      status: 'delivered',
      v: { parcel: 4 },
    });
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
    expect(await read(world, view, good.id)).toMatchObject({ places: ['Delft'] });
    expect(await read(world, view, bad.id)).toMatchObject({ places: [], v: { parcel: 1 } });
    expect(projector.parked()).toMatchObject([
      { ref: bad, v: 2, type: 'parcel.moved', reason: expect.stringMatching(/^TypeError at /) },
    ]);
    view.isMended = true;
    expect(await projector.replay(bad)).toEqual({ replayed: 1, parkedAgain: 0 });
    expect(await read(world, view, bad.id)).toMatchObject({
      places: ['nowhere', 'Leiden'],
      v: { parcel: 3 },
    });
    expect(projector.parked()).toEqual([]);
  });
});

describe('what a projector leaves aside', () => {
  it('parks an unknown schema, an unknown type and a foreign envelope; others go on', async () => {
    const view = new ParcelView();
    const refs = [1, 2, 3, 4].map(() => newParcel(world));
    const [future, unknown, foreign, good] = refs as [
      AggregateRef,
      AggregateRef,
      AggregateRef,
      AggregateRef,
    ];
    await publish(world, { ...eventOf(future, 1, parcel.posted('Canary Person')), schema: 99 });
    await publish(world, eventOf(unknown, 1, { type: 'parcel.eaten', data: { by: 'Canary' } }));
    const lie = { ...eventOf(foreign, 1, parcel.posted('Canary Person')), tenant: 'other' };
    await jetstream(world.nc).publish(eventSubject(foreign), JSON.stringify(lie));
    await publishAll(world, good, [parcel.posted(), parcel.moved('Delft')]);
    const projector = await start(view);
    await projector.caughtUp();
    expect(await read(world, view, good.id)).toMatchObject({ places: ['Delft'] });
    const reasons = new Map(projector.parked().map(({ ref, reason }) => [ref.id, reason]));
    expect(reasons.get(future.id)).toBe('unknown schema 99 of parcel.posted');
    expect(reasons.get(unknown.id)).toBe('unknown event parcel.eaten of parcel');
    expect(reasons.get(foreign.id)).toBe('names another aggregate than its subject');
    const letters = await (await DeadLetters.open(world.nc)).list(projector.name);
    expect(letters).toHaveLength(3);
    expect(JSON.stringify(letters)).not.toContain('Canary');
  });

  it('knows what is parked after a restart and hears what others ask for', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted('Canary Person'), parcel.moved('nowhere')]);
    const first = await start(view);
    await first.caughtUp();
    await first.stop();
    const second = await start(view);
    expect(second.parked()).toMatchObject([{ ref, v: 2 }]);
    const askedBefore = view.asked;
    await publish(world, eventOf(ref, 3, parcel.delivered()));
    await second.caughtUp();
    expect(view.asked).toBe(askedBefore);
    expect(await read(world, view, ref.id)).toMatchObject({ v: { parcel: 1 } });
    view.isMended = true;
    const letters = await DeadLetters.open(world.nc);
    expect(await requestReplay(letters, second.name, ref)).toBe(1);
    await eventually(async () => {
      expect(await read(world, view, ref.id)).toMatchObject({ v: { parcel: 3 } });
      expect(await letters.list(second.name)).toEqual([]);
    });
    expect(second.parked()).toEqual([]);
  });

  it('masks marked fields in the letter and parks again what still fails', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const poison = {
      ...parcel.posted('Canary Person'),
      data: { ...parcel.posted('Canary Person').data, grams: 13 },
    };
    await publishAll(world, ref, [poison]);
    const projector = await start(view);
    await projector.caughtUp();
    expect(projector.parked()).toMatchObject([
      { event: { type: 'parcel.posted', data: { recipient: '•••', pin: '•••', grams: 13 } } },
    ]);
    expect(await projector.replay()).toEqual({ replayed: 0, parkedAgain: 1 });
    expect(projector.parked()).toHaveLength(1);
  });
});

describe('one document from several sources', () => {
  it('keeps a version for each and takes them in any order', async () => {
    const view = new ParcelView(['parcel', 'stamp'], 2);
    const ref = newParcel(world);
    const stamp = { ...ref, aggregate: 'stamp' };
    const bought = { type: 'stamp.bought', data: { cents: 95 } };
    await publish(world, eventOf(stamp, 1, bought));
    await publishAll(world, ref, [parcel.posted(), parcel.moved('Delft')]);
    await publish(world, eventOf(stamp, 2, bought));
    const projector = await start(view);
    await projector.caughtUp();
    expect(await read(world, view, ref.id)).toMatchObject({
      places: ['Delft'],
      cents: 190,
      v: { parcel: 2, stamp: 2 },
    });
  });
});

describe('losing things on the server', () => {
  it('makes its durable again when somebody deletes it', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted()]);
    const projector = await start(view);
    await projector.caughtUp();
    const jsm = await jetstreamManager(world.nc);
    await jsm.consumers.delete('EVT', projector.name);
    await publish(world, eventOf(ref, 2, parcel.moved('Delft')));
    await eventually(async () => {
      expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'] });
    });
  });

  it('goes on after a kill -9 of the nats-server', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted()]);
    const projector = await start(view);
    await projector.caughtUp();
    await world.nats.restart();
    await eventually(() => publish(world, eventOf(ref, 2, parcel.moved('Delft'))));
    await eventually(
      async () => {
        expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'] });
      },
      { deadlineMs: 20_000 },
    );
  });
});
