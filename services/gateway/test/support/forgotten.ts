import { jetstreamManager } from '@nats-io/jetstream';
import { EVENT_STREAM } from '@trunkline/contracts';
import {
  Archiver,
  connectMongo,
  connectRedis,
  InMemoryObjectStore,
  Logger,
} from '@trunkline/platform';
import type { World } from './world.js';

const BUCKET = 'cold';

/** What the archiver does every 10 minutes: carries out every erasing fact of the log. */
export async function runEraser(world: World): Promise<void> {
  const { nats, mongo: database } = world.servers;
  const connection = await nats.connect({ user: 'operator' });
  const mongo = await connectMongo({ uri: database.uri, database: `${database.database}_log` });
  const log = new Logger({ service: 'archiver', level: 'silent' });
  const objects = new InMemoryObjectStore();
  await objects.ensureBuckets([BUCKET]);
  try {
    await new Archiver({ connection, mongo, objects, log, bucket: BUCKET }).eraseNow();
  } finally {
    await mongo.close();
  }
}

/** Every message of the log, as text. */
export async function dumpLog(world: World): Promise<string> {
  const connection = await world.servers.nats.connect({ user: 'operator' });
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(EVENT_STREAM);
  const texts: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage(EVENT_STREAM, { seq });
    if (message) texts.push(message.string());
  }
  return texts.join('\n');
}

/** Every key and value of Redis, as text. */
export async function dumpRedis(world: World): Promise<string> {
  const redis = await connectRedis(world.servers.redis.url);
  try {
    const keys = await redis.keys('*');
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return [...keys, ...dumps.map((dump) => dump?.toString('latin1'))].join('\n');
  } finally {
    redis.disconnect();
  }
}
