import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { projectionName } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { ChaosProxy, eventually, parcel } from '@trunkline/testing';
import {
  DeadLetters,
  HealthRegistry,
  Metrics,
  connectMongo,
  runProjectors,
  type Failpoint,
  type Mongo,
  type Projector,
} from '../../src/index.js';
import {
  FakeCold,
  ParcelView,
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

async function redeliveriesOf(projector: Projector<ParcelDocument>): Promise<number> {
  const manager = await jetstreamManager(world.nc);
  return (await manager.consumers.info('EVT', projector.name)).num_redelivered;
}

describe('MongoDB away', () => {
  let proxy: ChaosProxy;
  let mongo: Mongo;

  beforeAll(async () => {
    proxy = await ChaosProxy.before(world.mongoUri);
    // A client that looks for the replica set would find the real server beside the proxy.
    const uri = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`;
    mongo = await connectMongo({ uri, database: world.database });
  });
  afterAll(async () => {
    await mongo.close();
    await proxy.stop();
  });

  it.each(['away', 'frozen'] as const)(
    '%s: parks nothing, naks nothing, and goes on',
    async (how) => {
      const view = new ParcelView();
      const refs = Array.from({ length: 10 }, () => newParcel(world));
      const projector = await start(view, { mongo });
      for (const ref of refs) await publishAll(world, ref, [parcel.posted()]);
      await projector.caughtUp();
      if (how === 'away') await proxy.leave();
      else proxy.freeze();
      for (const ref of refs) await publish(world, eventOf(ref, 2, parcel.moved('Delft')));
      await eventually(() => projector.isHeldUp, { deadlineMs: 30_000 });
      // Twice the time the server waits for an acknowledgement: what is held must be kept alive.
      const awayUntilMs = performance.now() + 3_500;
      await eventually(() => performance.now() > awayUntilMs);
      expect(projector.parked()).toEqual([]);
      expect(await redeliveriesOf(projector)).toBe(0);
      if (how === 'away') await proxy.comeBack();
      else proxy.thaw();
      await projector.caughtUp();
      for (const ref of refs) {
        expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft'] });
      }
      expect(await (await DeadLetters.open(world.nc)).list()).toEqual([]);
    },
  );
});

describe('a projector that is held up', () => {
  it('says so in readiness and in a metric until it goes on', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    const health = new HealthRegistry({ turns: { down: 1, up: 1 } });
    const metrics = new Metrics('test', { withDefaults: false });
    let isAway = true;
    const store = {
      load: (...args: Parameters<World['store']['load']>) => {
        if (isAway) throw new AppError('log.unavailable', { retryable: true });
        return world.store.load(...args);
      },
    };
    const projector = await start(view, { store, metrics, tuning: { maxFaultDelayMs: 100 } });
    const name = `projector ${projector.name}`;
    health.add(name, () => projector.check());
    await health.beat();
    expect(health.report().isReady).toBe(true);
    // Without its first version, so that the log is asked for it.
    await publish(world, eventOf(ref, 2, parcel.moved('Delft')));
    await eventually(async () => {
      await health.beat();
      expect(health.report().checks[name]).toMatchObject({ reason: 'log.unavailable' });
    });
    expect(await metrics.print()).toMatch(/^projector_held_up\{.*\} 1$/m);
    await publish(world, eventOf(ref, 1, parcel.posted()));
    isAway = false;
    await eventually(async () => {
      await health.beat();
      expect(health.report().isReady).toBe(true);
    });
    expect(await metrics.print()).toMatch(/^projector_held_up\{.*\} 0$/m);
  });

  it('is watched by readiness in every service that runs projectors', async () => {
    const { nc, mongo, store } = world;
    const stops: (() => Promise<void> | void)[] = [];
    const names: string[] = [];
    const view = new ParcelView();
    await runProjectors({
      ...{ projections: [view], nats: { connection: nc }, mongo, store, cold: new FakeCold() },
      logger: silent as never,
      metrics: new Metrics('test', { withDefaults: false }),
      lifecycle: { add: (_phase, _name, stop) => void stops.push(stop as () => Promise<void>) },
      health: { add: (name) => void names.push(name) },
    });
    for (const stop of stops) await stop();
    expect(names).toEqual([`projector ${projectionName(view.definition)}`]);
  });
});

describe('the log unreachable while a gap is filled', () => {
  it('is waited out as well', async () => {
    const view = new ParcelView();
    const ref = newParcel(world);
    let failures = 0;
    const store = {
      load: (...args: Parameters<World['store']['load']>) => {
        failures += 1;
        if (failures <= 10) throw new AppError('log.unavailable', { retryable: true });
        return world.store.load(...args);
      },
    };
    await publishAll(world, ref, [parcel.posted(), parcel.moved('Delft'), parcel.moved('Leiden')]);
    const projector = await start(view, { store, tuning: { maxFaultDelayMs: 100 } });
    await projector.caughtUp();
    const documents = world.mongo.platformCollection<{ _id: string }>(projector.name);
    await documents.updateOne({ _id: ref.id }, { $set: { v: { parcel: 1 }, places: [] } });
    await publish(world, eventOf(ref, 4, parcel.moved('Gouda')));
    await projector.caughtUp();
    expect(failures).toBe(11);
    expect(projector.parked()).toEqual([]);
    expect(await read(world, view, ref.id)).toMatchObject({ places: ['Delft', 'Leiden', 'Gouda'] });
  });
});

describe('a projector that is killed', () => {
  it.each(['before-write', 'after-write', 'before-ack'] as const)(
    '%s: the next one brings every event in exactly once',
    async (place) => {
      const view = new ParcelView();
      const refs = Array.from({ length: 5 }, () => newParcel(world));
      for (const ref of refs) await publish(world, eventOf(ref, 1, parcel.moved('Delft')));
      let stuck = 0;
      // A process that is killed never comes back from where it stands.
      const failpoint: Failpoint = (at) => {
        if (at !== place) return Promise.resolve();
        stuck += 1;
        return new Promise(() => undefined);
      };
      const nc = await world.nats.connect();
      const dead = projectorOf(world, view, { nc, failpoint, tuning: { drainMs: 0 } });
      await dead.start();
      await eventually(() => stuck > 0);
      // Without its connection it can give nothing back, as after a SIGKILL.
      await nc.close();
      await dead.stop();
      const next = await start(view);
      await next.caughtUp();
      for (const ref of refs) {
        expect(await read(world, view, ref.id)).toMatchObject({
          places: ['Delft'],
          v: { parcel: 1 },
        });
      }
    },
  );

  it('finishes what is in flight when it is told to stop', async () => {
    const view = new ParcelView();
    const refs = Array.from({ length: 30 }, () => newParcel(world));
    for (const ref of refs) await publishAll(world, ref, [parcel.posted()]);
    const projector = projectorOf(world, view);
    await projector.start();
    await projector.stop();
    const next = await start(view);
    await next.caughtUp();
    const documents = world.mongo.platformCollection(next.name);
    expect(await documents.countDocuments()).toBe(30);
  });
});
