import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { writePrivately } from '../secrets.ts';
import { rootDir, type Env } from '../settings.ts';
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

const probeSubject = 'probe.operator';
const streamsModule = join(rootDir, 'libs/platform/dist/events/store/ensure-streams.js');
/** Of the log; with its dead letters below `max_file_store`. */
const logMaxBytes = 8 * 1024 ** 3;
const streamNotFound = 10_059;
const probeStream = { name: 'PROBE', subjects: [probeSubject], storage: 'file' as const };

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
  provision: (settings) => withOperator(settings, ensureStreams),
  roundTrip: (settings) =>
    withOperator(settings, async (connection) => {
      await ensureProbe(await jetstreamManager(connection, { timeout: 3_000 }));
      await jetstream(connection, { timeout: 3_000 }).publish(probeSubject, 'ok');
    }),
};

async function withOperator(
  settings: Env,
  work: (connection: NatsConnection) => Promise<void>,
): Promise<void> {
  const connection = await connect({
    servers: setting(settings, 'NATS_URL'),
    ...(settings.NATS_USER ? { user: settings.NATS_USER } : {}),
    ...(settings.NATS_PASSWORD ? { pass: settings.NATS_PASSWORD } : {}),
    reconnect: false,
    timeout: 3_000,
  });
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

type EnsureStreams = (
  connection: NatsConnection,
  sizes: { readonly replicas: number; readonly maxBytes: number },
) => Promise<void>;

/** No service may create a stream. Before the first build there are neither streams nor services. */
async function ensureStreams(connection: NatsConnection): Promise<void> {
  if (!existsSync(streamsModule)) return;
  const loaded = (await import(streamsModule)) as { ensureStreams: EnsureStreams };
  await loaded.ensureStreams(connection, { replicas: 1, maxBytes: logMaxBytes });
}

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
