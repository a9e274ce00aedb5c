import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { AggregateRef } from '@trunkline/contracts';
import { eventually, parcel } from '@trunkline/testing';
import { JetStreamEventStore, type Projector } from '../../src/index.js';
import { SideRun } from '../../src/events/views/rebuild-side.js';
import {
  FakeCold,
  ParcelView,
  catalogue,
  emptyLog,
  newParcel,
  projectorOf,
  publishAll,
  read,
  silent,
  startWorld,
  type ParcelDocument,
  type World,
} from '../projector-kit.js';

let world: World;
let cold: CountingCold;
const running: Projector<ParcelDocument>[] = [];

class CountingCold extends FakeCold {
  timesRead = 0;

  override all(...args: Parameters<FakeCold['all']>): ReturnType<FakeCold['all']> {
    this.timesRead += 1;
    return super.all(...args);
  }
}

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  cold = new CountingCold();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await emptyLog(world);
});
afterAll(async () => {
  await world.stop();
});

function withCold() {
  return { cold, store: new JetStreamEventStore(world.nc, { catalogue, cold }) };
}

async function start(view: ParcelView): Promise<Projector<ParcelDocument>> {
  const projector = projectorOf(world, view, withCold());
  running.push(projector);
  await projector.start();
  await projector.caughtUp();
  return projector;
}

/** On the log while nobody's durable held it there, and archived before anybody came back. */
async function archivedUnseen(): Promise<AggregateRef> {
  const ref = newParcel(world);
  const events = await publishAll(world, ref, [parcel.posted(), parcel.moved('Delft')]);
  cold.events.push(...events);
  const manager = await jetstreamManager(world.nc);
  await manager.streams.purge('EVT', { filter: `evt.*.${ref.tenant}.parcel.${ref.id}` });
  return ref;
}

async function loseDurable(name: string): Promise<void> {
  await (await jetstreamManager(world.nc)).consumers.delete('EVT', name);
}

describe('a projector whose durable is lost', () => {
  it('finds what was archived meanwhile when it makes the durable again', async () => {
    const view = new ParcelView();
    const projector = await start(view);
    await loseDurable(projector.name);
    const ref = await archivedUnseen();
    await eventually(async () => {
      expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'] });
    });
    await projector.caughtUp();
  });

  it('finds it when it was not running meanwhile, and reads the archive no third time', async () => {
    const view = new ParcelView();
    const first = await start(view);
    await first.stop();
    await loseDurable(first.name);
    const ref = await archivedUnseen();
    const second = await start(view);
    expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'] });
    await second.stop();
    expect(cold.timesRead).toBe(2);
    await world.nats.restart();
    await eventually(async () => void (await jetstreamManager(world.nc)));
    await start(view);
    expect(cold.timesRead).toBe(2);
  });
});

describe('a side run whose durable is lost', () => {
  it('finds what was archived meanwhile before it is caught up', async () => {
    const view = new ParcelView();
    const { nc, mongo } = world;
    const tuning = { ackWaitMs: 1_500, nakDelayMs: 20, pullMs: 2_000 };
    const dependencies = { nc, mongo, catalogue, log: silent, tuning, ...withCold() };
    const side = new SideRun(view, { purpose: 'verify', dependencies });
    try {
      await side.build({ catchUpMs: 10_000 });
      const manager = await jetstreamManager(world.nc);
      const names = (await manager.consumers.list('EVT').next()).map(({ name }) => name);
      await loseDurable(names.find((name) => name.includes('verify')) ?? '');
      const ref = await archivedUnseen();
      await eventually(() => side.catchUp({ catchUpMs: 10_000 }));
      const documents = mongo.platformCollection<{ _id: string }>(side.collection);
      expect(await documents.findOne({ _id: ref.id })).toMatchObject({ places: ['Delft'] });
    } finally {
      await side.end();
    }
  });
});
