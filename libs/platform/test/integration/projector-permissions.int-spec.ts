import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { projections, type ProjectionDefinition } from '@trunkline/contracts';
import { eventually, parcel } from '@trunkline/testing';
import {
  DeadLetters,
  JetStreamEventStore,
  rebuildProjection,
  requestReplay,
  verifyProjection,
} from '../../src/index.js';
import {
  ParcelView,
  catalogue,
  eventOf,
  newParcel,
  projectorOf,
  publish,
  publishAll,
  read,
  silent,
  startWorld,
  type World,
} from '../projector-kit.js';

/** Under a name that the allow-lists know. */
class ListedView extends ParcelView {
  override readonly definition: ProjectionDefinition = {
    ...projections.tools,
    aggregates: ['parcel'],
  };
}

let world: World;

beforeAll(async () => {
  world = await startWorld({ users: true });
});
afterAll(async () => {
  await world.stop();
});

it('a service may do with its own user all that a projector needs', async () => {
  const view = new ListedView();
  const ref = newParcel(world);
  await publishAll(world, ref, [parcel.posted(), parcel.moved('nowhere')]);
  const refused: string[] = [];
  const nc = await world.nats.connect({ user: 'agents' });
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === 'error') refused.push(status.error.message);
    }
  })();
  const store = new JetStreamEventStore(nc, { catalogue });
  const projector = projectorOf(world, view, { nc, store });
  await projector.start();
  try {
    await projector.caughtUp();
    expect(projector.parked()).toHaveLength(1);
    view.isMended = true;
    const byOperator = await DeadLetters.open(world.nc);
    await requestReplay(byOperator, projector.name);
    await eventually(() => projector.parked().length === 0);
    await publish(world, eventOf(ref, 4, parcel.delivered()));
    await publish(world, eventOf(ref, 3, parcel.moved('Delft')));
    await projector.caughtUp();
    expect(await read(world, view, ref.id)).toMatchObject({ status: 'delivered' });
    const { mongo } = world;
    // Only the operator rebuilds and verifies: the durables of a side run have names of chance.
    const dependencies = { nc: world.nc, mongo, store, catalogue, log: silent };
    expect(await rebuildProjection(view, dependencies)).toMatchObject({ documents: 1 });
    expect(await verifyProjection(view, dependencies)).toMatchObject({ differences: [] });
    expect(refused).toEqual([]);
  } finally {
    await projector.stop();
  }
});
