import { systemClock } from '@trunkline/kernel';
import { z } from 'zod';
import { loadConfigOrExit } from '../../config/load-config.js';
import {
  mongoSettings,
  natsSettings,
  archiverSettings,
  coldHalfSettings,
} from '../../config/platform-settings.js';
import { connectMongo, type Mongo } from '../../mongo/index.js';
import { connectNats } from '../../nats/connect-nats.js';
import { S3ObjectStore } from '../../object-store/index.js';
import { vacuumedBy } from '../archive/weed-vacuum.js';
import { openOperator } from './open-operator.js';
import { runLogCli } from './run-log-cli.js';
import { serviceProjections } from './service-projections.js';

const HOUR_MS = 3_600_000;
const CONNECT_LIMIT_MS = 5_000;

const settingsSchema = z.strictObject({
  ...natsSettings,
  ...mongoSettings,
  ...coldHalfSettings,
  ...archiverSettings,
});

const stopping = new AbortController();
const mongos: Mongo[] = [];
// A reader that has seen enough (`| head`) is the usual end of a pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.once('SIGINT', () => stopping.abort());
process.once('SIGTERM', () => stopping.abort());

async function open() {
  const settings = loadConfigOrExit(settingsSchema);
  const database = async (name: string): Promise<Mongo> => {
    const mongo = await connectMongo({ uri: settings.MONGODB_URI.reveal(), database: name });
    mongos.push(mongo);
    return mongo;
  };
  const connection = await connectNats({
    url: settings.NATS_URL,
    user: settings.NATS_USER,
    password: settings.NATS_PASSWORD.reveal(),
    name: 'log',
    signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(CONNECT_LIMIT_MS)]),
  });
  const objects = new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  });
  await objects.ensureBuckets(['log']);
  return openOperator({
    connection,
    objects,
    logMongo: await database(settings.MONGODB_LOG_DATABASE),
    projections: await serviceProjections(),
    database: (service) => database(`trunkline_${service}`),
    archiver: {
      hotMs: settings.LOG_HOT_DAYS * 24 * HOUR_MS,
      vacuum: vacuumedBy(settings.SEAWEEDFS_MASTER_URL, systemClock),
    },
  });
}

process.exitCode = await runLogCli({
  args: process.argv.slice(2),
  open,
  close: async ({ connection }) => {
    await connection.close();
    await Promise.all(mongos.map((mongo) => mongo.close()));
  },
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  signal: stopping.signal,
});
