import { connectMongo, type Mongo } from '@trunkline/platform';
import type { World } from './world.js';

interface Stored extends Record<string, unknown> {
  readonly _id: string;
}

/** Changes a document behind the gateway's back, which is how a read model looks that is late. */
export async function putBack(
  world: World,
  view: string,
  _id: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  await withMongo(world, async (mongo) => {
    const collection = mongo.platformCollection<Stored>(view);
    const { matchedCount } = await collection.updateOne({ _id }, { $set: fields });
    if (matchedCount !== 1) throw new Error(`${view} has no ${_id}`);
  });
}

export async function takeAway(world: World, view: string, _id: string): Promise<void> {
  await withMongo(world, async (mongo) => {
    const { deletedCount } = await mongo.platformCollection<Stored>(view).deleteOne({ _id });
    if (deletedCount !== 1) throw new Error(`${view} has no ${_id}`);
  });
}

async function withMongo(world: World, work: (mongo: Mongo) => Promise<void>): Promise<void> {
  const { uri, database } = world.servers.mongo;
  const mongo = await connectMongo({ uri, database });
  try {
    await work(mongo);
  } finally {
    await mongo.close();
  }
}
