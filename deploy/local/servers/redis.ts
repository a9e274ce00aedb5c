import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { setting, type Server } from './server.ts';

export const redisServer: Server = {
  name: 'redis',
  urlSetting: 'REDIS_URL',
  graceMs: 5_000,
  programs: [
    {
      name: 'redis-server',
      versionArgs: ['--version'],
      atLeast: [6, 2, 0],
      whyNewer: 'the queues need its commands',
      installed: 'bin/redis-server',
    },
  ],
  prepare(_binary, place) {
    const dir = join(place.dataDir, 'redis');
    mkdirSync(dir, { recursive: true });
    const port = place.ports.REDIS_PORT;
    return {
      args: [
        ...['--bind', '127.0.0.1', '--port', String(port), '--dir', dir],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec'],
        // The command line must keep showing the data folder: the next start finds it by that.
        ...['--maxmemory-policy', 'noeviction', '--set-proc-title', 'no'],
      ],
      env: {},
      ports: [{ port, setting: 'REDIS_PORT' }],
    };
  },
  settings(place) {
    return { REDIS_URL: `redis://127.0.0.1:${place.ports.REDIS_PORT}` };
  },
  async roundTrip(settings) {
    const redis = new Redis(setting(settings, 'REDIS_URL'), {
      lazyConnect: true,
      connectTimeout: 3_000,
      commandTimeout: 3_000,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    // Failures reach the caller by the rejected commands; without a listener they are printed too.
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      const value = String(Date.now());
      await redis.set('trunkline:probe', value, 'EX', 60);
      const found = await redis.get('trunkline:probe');
      if (found !== value) throw new Error(`wrote ${value} and read ${found}`);
    } finally {
      redis.disconnect();
    }
  },
};
