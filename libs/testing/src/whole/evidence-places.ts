import { S3ObjectStore } from '@trunkline/platform';
import type { Places } from '../invariants/gather.js';
import type { Platform } from './platform.js';

/** Where the truth about a platform is kept, past every proxy. */
export async function placesOf(platform: Platform): Promise<Places> {
  return {
    nats: await platform.nats.connect({ user: 'operator' }),
    mongoUri: platform.mongo.uri,
    database: `${platform.mongo.database}_analytics`,
    sandboxUrl: platform.urlOf('sandbox'),
    objects: objectStore(),
    said: () => platform.saidByServices,
  };
}

function objectStore(): S3ObjectStore {
  const setting = (name: string): string => process.env[name] ?? '';
  return new S3ObjectStore({
    endpoint: setting('S3_ENDPOINT'),
    region: setting('S3_REGION'),
    accessKey: setting('S3_ACCESS_KEY'),
    secretKey: setting('S3_SECRET_KEY'),
  });
}
