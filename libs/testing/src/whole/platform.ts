import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureStreams } from '@trunkline/platform';
import { ChaosProxy } from '../chaos-proxy.js';
import { freePort } from '../free-port.js';
import { writeKeyFiles } from '../key-files.js';
import { startNats, type TestNats } from '../nats.js';
import { testMongo, type TestMongo } from '../test-mongo.js';
import {
  PlatformProcess,
  repositoryRoot,
  type Env,
  type ProcessOrder,
} from './platform-process.js';
import {
  askers,
  podSettings,
  serviceNames,
  settingsOf,
  type PlatformPlaces,
  type PlatformService,
} from './platform-settings.js';

export interface PlatformOptions {
  readonly env?: Partial<Record<PlatformService, Env>>;
  /** The pods of voice, one unless told. */
  readonly pods?: readonly string[];
  /** For node itself, in each pod of voice. */
  readonly podNodeArgs?: readonly string[];
}

interface Servers {
  readonly nats: TestNats;
  readonly mongo: TestMongo;
  readonly toMongo: ChaosProxy;
  readonly toS3: ChaosProxy;
  readonly dir: string;
}

const LOG_BYTES = 256 * 1024 * 1024;

/**
 * All five services and the sandbox, each the process it is in life, on servers of their own.
 * NATS can be killed and paused; MongoDB, and voice's way to the object store, can be cut off.
 */
export class Platform {
  readonly nats: TestNats;
  readonly mongo: TestMongo;
  readonly toMongo: ChaosProxy;
  readonly toS3: ChaosProxy;
  readonly dir: string;
  readonly #processes = new Map<string, PlatformProcess>();

  private constructor(servers: Servers) {
    this.nats = servers.nats;
    this.mongo = servers.mongo;
    this.toMongo = servers.toMongo;
    this.toS3 = servers.toS3;
    this.dir = servers.dir;
  }

  static async start(options: PlatformOptions = {}): Promise<Platform> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: LOG_BYTES });
    const mongo = testMongo();
    const platform = new Platform({
      nats,
      mongo,
      toMongo: await ChaosProxy.before(mongo.uri),
      toS3: await ChaosProxy.before(process.env['S3_ENDPOINT'] ?? ''),
      dir: await mkdtemp(join(tmpdir(), 'trunkline-calls-')),
    });
    try {
      await platform.#startAll(options);
      return platform;
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /** Everything that every process said. */
  get said(): readonly string[] {
    return [...this.#processes.values()].flatMap(({ said }) => said);
  }

  /** The sandbox is the world outside: it may tell what was said in it. */
  get saidByServices(): readonly string[] {
    const ours = [...this.#processes.values()].filter(({ name }) => name !== 'sandbox');
    return ours.flatMap(({ said }) => said);
  }

  get pods(): readonly PlatformProcess[] {
    return [...this.#processes.values()].filter(
      ({ order }) => order.env['VOICE_POD'] !== undefined,
    );
  }

  /** A service, a pod of voice, or the sandbox. */
  process(name: string): PlatformProcess {
    const found = this.#processes.get(name);
    if (!found) throw new Error(`no process is called ${name}`);
    return found;
  }

  urlOf(name: string): string {
    return this.process(name).order.url;
  }

  /** The volume of a pod: its journal and its spool. */
  folderOf(pod: string): string {
    return join(this.dir, pod);
  }

  /** What the operator's command prints under that name. */
  async admin(args: readonly string[], name: string): Promise<string> {
    const program = join(repositoryRoot, 'services/gateway/dist/admin.js');
    const env = { PATH: process.env['PATH'] ?? '', ...this.process('gateway').order.env };
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env });
    const value = new RegExp(`^${name}: (.+)$`, 'm').exec(stdout)?.[1];
    if (!value) throw new Error(`admin ${args[0]} printed no ${name}`);
    return value;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((one) => one.kill()));
    await Promise.all([this.toMongo.stop(), this.toS3.stop()]);
    await this.nats.stop();
    await this.mongo.drop();
    await rm(this.dir, { recursive: true, force: true });
  }

  async #startAll(options: PlatformOptions): Promise<void> {
    await writeFile(join(this.dir, 'kek'), randomBytes(32).toString('base64'));
    const sandboxPort = await freePort();
    const sandbox = this.#add({
      ...{ name: 'sandbox', main: 'sandbox/dist/main.js', url: urlAt(sandboxPort) },
      env: { SANDBOX_PORT: String(sandboxPort), HTTP_PORT: '0' },
    });
    await sandbox.start();
    const services = await this.#addServices(options, sandbox.order.url);
    await Promise.all(services.map((one) => one.start()));
  }

  async #addServices(options: PlatformOptions, sandboxUrl: string): Promise<PlatformProcess[]> {
    const { env = {}, pods = ['voice-0'], podNodeArgs = [] } = options;
    const gatewayPort = await freePort();
    const at: PlatformPlaces = {
      ...{ dir: this.dir, nats: this.nats, database: this.mongo.database, sandboxUrl },
      keys: await writeKeyFiles(this.dir, askers),
      // A client that looks for the replica set would find the real server beside the proxy.
      mongoUri: `mongodb://127.0.0.1:${this.toMongo.port}/?directConnection=true`,
      s3Url: process.env['S3_ENDPOINT'] ?? '',
      gatewayUrl: urlAt(gatewayPort),
    };
    const added: PlatformProcess[] = [];
    for (const service of serviceNames.filter((name) => name !== 'voice')) {
      const port = service === 'gateway' ? gatewayPort : await freePort();
      const own = { ...settingsOf(service, at, port), ...env[service] };
      const main = `services/${service}/dist/main.js`;
      added.push(this.#add({ name: service, main, url: urlAt(port), env: own }));
    }
    for (const pod of pods) {
      const port = await freePort();
      const atPod = { ...at, s3Url: urlAt(this.toS3.port) };
      const own = {
        ...settingsOf('voice', atPod, port),
        ...podSettings(pod, this.folderOf(pod), port),
        ...env.voice,
      };
      const order = { name: pod, main: 'services/voice/dist/main.js', url: urlAt(port), env: own };
      added.push(this.#add({ ...order, nodeArgs: podNodeArgs }));
    }
    return added;
  }

  #add(order: ProcessOrder): PlatformProcess {
    const added = new PlatformProcess(order);
    this.#processes.set(order.name, added);
    return added;
  }
}

function urlAt(port: number): string {
  return `http://127.0.0.1:${port}`;
}
