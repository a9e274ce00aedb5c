import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, filesWith } from '@trunkline/testing';
import { S3ObjectStore } from '../src/index.js';

const START_LIMIT_MS = 60_000;
const ASK_LIMIT_MS = 10_000;
const keys = { accessKey: 'own-access', secretKey: 'own-secret-0123456789' };

/** One SeaweedFS with its own folder, so that a test may look at the raw files. */
export class OwnWeed {
  readonly objects: S3ObjectStore;

  constructor(
    readonly dir: string,
    readonly ports: WeedPorts,
    readonly child: ChildProcess,
  ) {
    const endpoint = `http://127.0.0.1:${ports.s3}`;
    this.objects = new S3ObjectStore({ endpoint, region: 'us-east-1', ...keys });
  }

  /** The files that hold these bytes as they are. */
  async filesWith(bytes: Uint8Array): Promise<string[]> {
    return filesWith(join(this.dir, 'data'), Buffer.from(bytes));
  }

  get masterUrl(): string {
    return `http://127.0.0.1:${this.ports.master}`;
  }

  /** Whether the server knows of bytes that it may let go of. */
  async hasGarbage(): Promise<boolean> {
    const answer = await fetch(`${this.masterUrl}/vol/status`, {
      signal: AbortSignal.timeout(ASK_LIMIT_MS),
    });
    return /"DeletedByteCount":[1-9]/.test(await answer.text());
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exited;
    }
    await rm(this.dir, { recursive: true, force: true });
  }
}

interface WeedPorts {
  readonly s3: number;
  readonly master: number;
  readonly volume: number;
  readonly filer: number;
  readonly admin: number;
}

export async function startWeed(): Promise<OwnWeed> {
  const dir = await mkdtemp(join(tmpdir(), 'trunkline-weed-'));
  await mkdir(join(dir, 'data'));
  const actions = ['Admin', 'Read', 'Write', 'List', 'Tagging'];
  const identities = [{ name: 'test', credentials: [keys], actions }];
  const config = join(dir, 'keys.json');
  await writeFile(config, JSON.stringify({ identities }));
  const ports = await freePorts();
  const args = [
    ...['mini', `-dir=${join(dir, 'data')}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1'],
    ...[`-s3.port=${ports.s3}`, `-s3.config=${config}`, '-s3.port.iceberg=0', '-s3.port.lance=0'],
    ...[`-master.port=${ports.master}`, `-volume.port=${ports.volume}`],
    ...[`-filer.port=${ports.filer}`, `-admin.port=${ports.admin}`, '-admin.ui=false'],
    ...['-webdav=false', '-master.telemetry=false'],
  ];
  const child = spawn(process.env['WEED_BIN'] ?? 'weed', args, { stdio: 'ignore' });
  const weed = new OwnWeed(dir, ports, child);
  try {
    await eventually(() => weed.objects.ensureBuckets(['ready']), { deadlineMs: START_LIMIT_MS });
  } catch (error) {
    await weed.stop();
    throw error;
  }
  return weed;
}

/** weed serves gRPC on each of its ports + 10000. */
async function freePorts(): Promise<WeedPorts> {
  const free: number[] = [];
  while (free.length < 5) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree =
      !free.includes(port) && (await canListen(port)) && (await canListen(port + 10_000));
    if (isFree) free.push(port);
  }
  const [s3 = 0, master = 0, volume = 0, filer = 0, admin = 0] = free;
  return { s3, master, volume, filer, admin };
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
