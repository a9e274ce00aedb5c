import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { writePrivately } from '../secrets.ts';
import { renderNatsConf } from './nats-conf.ts';
import { setting, type NatsUser, type Place, type Server } from './server.ts';

export const operatorFallback: NatsUser = {
  user: 'operator',
  publish: { allow: ['>'] },
  subscribe: { allow: ['>'] },
  operator: true,
};

export function operatorOf(users: readonly NatsUser[]): NatsUser {
  return users.find((user) => user.operator) ?? operatorFallback;
}

const leaseTtlMs = 30_000;
const streamNotFound = 10_059;
const probeStream = { name: 'PROBE', subjects: ['probe.>'], storage: 'memory' as const };

export const natsServer: Server = {
  name: 'nats',
  urlSetting: 'NATS_URL',
  graceMs: 5_000,
  programs: [
    {
      name: 'nats-server',
      versionArgs: ['--version'],
      atLeast: [2, 10, 27],
      whyNewer: 'older ones ignore sync_interval and lose acknowledged events in a crash',
      installed: 'bin/nats-server',
    },
  ],
  prepare(_binary, place) {
    const storeDir = join(place.dataDir, 'nats');
    const conf = join(place.dataDir, 'run/nats.conf');
    mkdirSync(storeDir, { recursive: true });
    writePrivately(conf, confText(place, storeDir));
    return {
      args: ['-c', conf],
      env: {},
      ports: [
        { port: place.ports.NATS_PORT, setting: 'NATS_PORT' },
        { port: place.ports.NATS_MONITOR_PORT, setting: 'NATS_MONITOR_PORT' },
      ],
    };
  },
  settings(place) {
    const operator = operatorOf(place.natsUsers).user;
    return {
      NATS_URL: `nats://127.0.0.1:${place.ports.NATS_PORT}`,
      NATS_MONITOR_URL: `http://127.0.0.1:${place.ports.NATS_MONITOR_PORT}`,
      NATS_USER: operator,
      NATS_PASSWORD: place.secrets.nats[operator] ?? '',
    };
  },
  async roundTrip(settings) {
    const connection = await connect({
      servers: setting(settings, 'NATS_URL'),
      ...(settings.NATS_USER ? { user: settings.NATS_USER } : {}),
      ...(settings.NATS_PASSWORD ? { pass: settings.NATS_PASSWORD } : {}),
      reconnect: false,
      timeout: 3_000,
    });
    try {
      await ensureProbe(await jetstreamManager(connection, { timeout: 3_000 }));
      // In memory, hence made anew after every restart; no service may create streams or buckets.
      const buckets = new Kvm(jetstream(connection, { timeout: 3_000 }));
      await buckets.create('leases', { storage: 'memory', history: 1, ttl: leaseTtlMs });
      await jetstream(connection, { timeout: 3_000 }).publish('probe.launcher', 'ok');
    } finally {
      await connection.close();
    }
  },
};

/** Bounded: a probe is worth nothing once it was acknowledged. */
async function ensureProbe(manager: JetStreamManager): Promise<void> {
  try {
    await manager.streams.info(probeStream.name);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== streamNotFound) throw error;
    await manager.streams.add({ ...probeStream, max_msgs: 1_000 });
  }
}

function confText(place: Place, storeDir: string): string {
  return renderNatsConf({
    port: place.ports.NATS_PORT,
    monitorPort: place.ports.NATS_MONITOR_PORT,
    storeDir,
    users: place.natsUsers,
    passwords: place.secrets.nats,
  });
}
