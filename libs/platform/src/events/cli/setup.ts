import { z } from 'zod';
import { loadConfigOrExit } from '../../config/load-config.js';
import { natsSettings, objectStoreSettings } from '../../config/platform-settings.js';
import { integerSetting } from '../../config/setting.js';
import { connectNats } from '../../nats/connect-nats.js';
import { buckets, S3ObjectStore } from '../../object-store/index.js';
import { ensureStreams } from '../store/ensure-streams.js';

const WAIT_LIMIT_MS = 60_000;

export const setupSettings = z.strictObject({
  ...natsSettings,
  ...objectStoreSettings,
  LOG_REPLICAS: integerSetting({
    meaning: 'Copies of each stream: 1 on a single server, 3 in a cluster.',
    min: 1,
    max: 5,
    default: 1,
  }),
  LOG_MAX_MEBIBYTES: integerSetting({
    meaning: 'Size of the log; a full one refuses, it never drops.',
    min: 64,
    max: 16_777_216,
    default: 8192,
  }),
});

/**
 * What only the operator may make and every service needs: run once before the services start,
 * as often as one likes. The launcher does the same by itself; compose and Kubernetes run this.
 */
const settings = loadConfigOrExit(setupSettings);
const connection = await connectNats({
  url: settings.NATS_URL,
  user: settings.NATS_USER,
  password: settings.NATS_PASSWORD.reveal(),
  name: 'setup',
  signal: AbortSignal.timeout(WAIT_LIMIT_MS),
});
const objects = new S3ObjectStore({
  endpoint: settings.S3_ENDPOINT,
  region: settings.S3_REGION,
  accessKey: settings.S3_ACCESS_KEY.reveal(),
  secretKey: settings.S3_SECRET_KEY.reveal(),
});
try {
  await ensureStreams(connection, {
    replicas: settings.LOG_REPLICAS,
    maxBytes: settings.LOG_MAX_MEBIBYTES * 1024 * 1024,
  });
  await objects.ensureBuckets(buckets);
  process.stdout.write('streams, leases and buckets are there\n');
} finally {
  await connection.close();
}
