import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Client } from 'minio';
import { s3InternalPorts, withGrpc, type PortNeed } from '../ports.ts';
import { writePrivately } from '../secrets.ts';
import type { Env } from '../settings.ts';
import { setting, type Binary, type Launch, type Place, type Server } from './server.ts';

const region = 'us-east-1';
const probeBucket = 'trunkline-probe';

export const s3Server: Server = {
  name: 's3',
  urlSetting: 'S3_ENDPOINT',
  graceMs: 3_000,
  programs: [
    { name: 'minio', versionArgs: ['--version'] },
    { name: 'weed', versionArgs: ['version'], installed: 'bin/weed' },
  ],
  prepare(binary: Binary, place: Place): Launch {
    // Each engine has a folder of its own: neither can read what the other wrote.
    const dir = join(place.dataDir, 's3', binary.program);
    mkdirSync(dir, { recursive: true });
    return binary.program === 'minio' ? minioLaunch(place, dir) : weedLaunch(place, dir);
  },
  settings(place): Env {
    return {
      S3_ENDPOINT: `http://127.0.0.1:${place.ports.S3_PORT}`,
      S3_REGION: region,
      S3_ACCESS_KEY: place.secrets.s3.accessKey,
      S3_SECRET_KEY: place.secrets.s3.secretKey,
    };
  },
  async roundTrip(settings) {
    const client = clientOf(settings);
    if (!(await client.bucketExists(probeBucket))) await client.makeBucket(probeBucket, region);
    const key = `probe-${randomBytes(6).toString('hex')}`;
    await client.putObject(probeBucket, key, key, key.length);
    const found = (await buffer(await client.getObject(probeBucket, key))).toString();
    await client.removeObject(probeBucket, key);
    if (found !== key) throw new Error('read something else than was written');
  },
};

function clientOf(settings: Env): Client {
  const url = new URL(setting(settings, 'S3_ENDPOINT'));
  const secure = url.protocol === 'https:';
  return new Client({
    endPoint: url.hostname,
    port: Number(url.port) || (secure ? 443 : 80),
    useSSL: secure,
    region: settings.S3_REGION ?? region,
    accessKey: setting(settings, 'S3_ACCESS_KEY'),
    secretKey: setting(settings, 'S3_SECRET_KEY'),
    pathStyle: true,
  });
}

function minioLaunch(place: Place, dir: string): Launch {
  const { S3_PORT, S3_INTERNAL_PORT } = place.ports;
  const { accessKey, secretKey } = place.secrets.s3;
  const addresses = ['--address', `127.0.0.1:${S3_PORT}`];
  const consoleAddress = ['--console-address', `127.0.0.1:${S3_INTERNAL_PORT}`];
  return {
    args: ['server', ...addresses, ...consoleAddress, dir],
    env: { MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, MINIO_REGION: region },
    ports: [
      { port: S3_PORT, setting: 'S3_PORT' },
      { port: S3_INTERNAL_PORT, setting: 'S3_INTERNAL_PORT' },
    ],
  };
}

/** Every port is given: what is left to weed's defaults collides with a second copy. */
function weedLaunch(place: Place, dir: string): Launch {
  const keys = join(place.dataDir, 'run/s3-keys.json');
  writePrivately(keys, weedKeys(place));
  const [master, volume, filer, admin] = s3InternalPorts(place.ports);
  return {
    args: [
      ...['-logtostderr=true', 'mini', `-dir=${dir}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1'],
      ...[`-s3.port=${place.ports.S3_PORT}`, `-s3.config=${keys}`],
      ...['-s3.port.iceberg=0', '-s3.port.lance=0', `-master.port=${master}`],
      ...[`-volume.port=${volume}`, `-filer.port=${filer}`, `-admin.port=${admin}`],
      ...['-admin.ui=false', '-webdav=false', '-master.telemetry=false'],
    ],
    env: {},
    ports: [
      ...needs([place.ports.S3_PORT], 'S3_PORT'),
      ...needs(s3InternalPorts(place.ports), 'S3_INTERNAL_PORT'),
    ],
  };
}

function needs(ports: readonly number[], name: PortNeed['setting']): PortNeed[] {
  return withGrpc(ports).map((port) => ({ port, setting: name }));
}

function weedKeys(place: Place): string {
  const actions = ['Admin', 'Read', 'Write', 'List', 'Tagging'];
  const credentials = [place.secrets.s3];
  return `${JSON.stringify({ identities: [{ name: 'trunkline', credentials, actions }] })}\n`;
}
