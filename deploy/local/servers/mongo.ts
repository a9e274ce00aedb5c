import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { setTimeout as delay } from 'node:timers/promises';
import { setting, type Server } from './server.ts';

const { MongoClient } = mongoose.mongo;
type Client = InstanceType<typeof MongoClient>;

const replicaSet = 'rs0';
const clientOptions = { serverSelectionTimeoutMS: 4_000, connectTimeoutMS: 4_000 };
const notYetInitiated = 94;

export const mongoServer: Server = {
  name: 'mongo',
  urlSetting: 'MONGODB_URI',
  graceMs: 10_000,
  programs: [
    {
      name: 'mongod',
      versionArgs: ['--version'],
      atLeast: [6, 0, 0],
      whyNewer: 'the read models use 6.0 stages',
      installed: 'fiftyone/db/bin/mongod',
    },
  ],
  prepare(_binary, place) {
    const dir = join(place.dataDir, 'mongo');
    mkdirSync(dir, { recursive: true });
    const port = place.ports.MONGO_PORT;
    return {
      args: [
        ...['--replSet', replicaSet, '--bind_ip', '127.0.0.1', '--port', String(port)],
        ...['--dbpath', dir, '--wiredTigerCacheSizeGB', '0.5', '--nounixsocket', '--quiet'],
      ],
      env: {},
      ports: [{ port, setting: 'MONGO_PORT' }],
      settle: () => settleReplicaSet(port),
    };
  },
  settings(place) {
    const address = `127.0.0.1:${place.ports.MONGO_PORT}`;
    return { MONGODB_URI: `mongodb://${address}/trunkline?replicaSet=${replicaSet}` };
  },
  async roundTrip(settings) {
    await withClient(setting(settings, 'MONGODB_URI'), async (client) => {
      await client.withSession((session) =>
        session.withTransaction(
          async () => {
            const probes = client
              .db('trunkline_probe')
              .collection<{ _id: string; at: Date }>('probe');
            const document = { at: new Date() };
            await probes.replaceOne({ _id: 'launcher' }, document, { upsert: true, session });
          },
          { writeConcern: { w: 'majority' }, maxCommitTimeMS: 4_000 },
        ),
      );
    });
  },
};

async function withClient(uri: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new MongoClient(uri, clientOptions);
  try {
    await work(await client.connect());
  } finally {
    await client.close();
  }
}

/** A new folder needs its replica set, and one that moved to another port the new address. */
async function settleReplicaSet(port: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  await withClient(`mongodb://${host}/?directConnection=true`, async (client) => {
    const admin = client.db('admin');
    const config = await currentConfig(client);
    const members = [{ _id: 0, host }];
    if (config === undefined) {
      await admin.command({ replSetInitiate: { _id: replicaSet, members } });
    } else if (config.members[0]?.host !== host) {
      const moved = { ...config, members, version: config.version + 1 };
      await admin.command({ replSetReconfig: moved, force: true });
    }
    await untilPrimary(client);
  });
}

interface ReplicaConfig {
  readonly version: number;
  readonly members: readonly { readonly host: string }[];
}

async function currentConfig(client: Client): Promise<ReplicaConfig | undefined> {
  try {
    const answer = await client.db('admin').command({ replSetGetConfig: 1 });
    return answer.config as ReplicaConfig;
  } catch (error) {
    if ((error as { code?: number }).code === notYetInitiated) return undefined;
    throw error;
  }
}

async function untilPrimary(client: Client): Promise<void> {
  const endsAtMs = Date.now() + 20_000;
  while (Date.now() < endsAtMs) {
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello.isWritablePrimary === true) return;
    await delay(50);
  }
  throw new Error('the replica set has no primary after 20 s');
}
