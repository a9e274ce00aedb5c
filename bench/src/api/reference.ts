import { randomUUID } from 'node:crypto';
import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectMongo, connectNats, S3ObjectStore, type Mongo } from '@trunkline/platform';

const STREAM = 'BENCH';
const BUCKET = 'bench';
const TENANT = 'bench';
const PAYLOAD = JSON.stringify({ text: 'x'.repeat(1_800) });
const LIMIT_MS = 30_000;

/** The least a create can be: a question, a fact, a document and an object, from one process. */
export interface Reference {
  once(): Promise<void>;
  close(): Promise<void>;
}

export async function openReference(): Promise<Reference> {
  const [asking, answering] = [await connect(), await connect()];
  const mongo = await connectMongo({ uri: setting('MONGODB_URI'), database: 'bench' });
  const objects = openObjects();
  await objects.ensureBuckets([BUCKET]);
  const manager = await jetstreamManager(asking);
  await manager.streams.add({
    name: STREAM,
    subjects: ['bench.fact.>'],
    max_bytes: 256 * 1024 ** 2,
  });
  answering.subscribe('bench.ask', {
    callback: (_error, message) => void message.respond(message.data),
  });
  await answering.flush();
  const parts = { asking, log: jetstream(asking), mongo, objects };
  return {
    once: () => createBarely(parts),
    close: async () => {
      await Promise.all([asking.close(), answering.close(), mongo.close()]);
    },
  };
}

interface Parts {
  readonly asking: NatsConnection;
  readonly log: JetStreamClient;
  readonly mongo: Mongo;
  readonly objects: S3ObjectStore;
}

async function createBarely({ asking, log, mongo, objects }: Parts): Promise<void> {
  const id = randomUUID();
  await asking.request('bench.ask', PAYLOAD, { timeout: LIMIT_MS });
  await log.publish(`bench.fact.${id}`, PAYLOAD, { timeout: LIMIT_MS });
  const documents = mongo.tenantCollection<{ _id: string; tenant: string; text: string }>('facts');
  const key = { bucket: BUCKET, name: `${id}/v1.json` };
  await Promise.all([
    documents.insertOne(TENANT, { _id: id, tenant: TENANT, text: PAYLOAD }),
    objects.put(key, Buffer.from(PAYLOAD), { contentType: 'application/json' }),
  ]);
}

function openObjects(): S3ObjectStore {
  return new S3ObjectStore({
    endpoint: setting('S3_ENDPOINT'),
    region: setting('S3_REGION'),
    accessKey: setting('S3_ACCESS_KEY'),
    secretKey: setting('S3_SECRET_KEY'),
    limitMs: LIMIT_MS,
  });
}

function connect(): Promise<NatsConnection> {
  return connectNats({
    url: setting('NATS_URL'),
    user: setting('NATS_USER'),
    password: setting('NATS_PASSWORD'),
    name: 'bench',
  });
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing: run npm run bench -- api`);
  return value;
}
