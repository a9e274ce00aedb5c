import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aiProviders, carriers } from '@trunkline/contracts';
import { ensureStreams } from '@trunkline/platform';
import {
  eventually,
  freePort,
  startNats,
  testMongo,
  writeKeyFiles,
  type TestKeyFiles,
  type TestMongo,
  type TestNats,
} from '@trunkline/testing';

type Env = Readonly<Record<string, string>>;

const root = join(import.meta.dirname, '../../../..');
const services = ['agents', 'campaigns', 'analytics', 'voice', 'gateway'] as const;
type Service = (typeof services)[number];
/** Who asks others in its own name. */
const askers: readonly string[] = ['voice', 'campaigns', 'analytics'];
const vendors = [...aiProviders, 'gemini', ...carriers];

/** All five services and the sandbox, each the process it is in life, on servers of their own. */
export class Platform {
  readonly said: string[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #ports = new Map<string, number>();
  #keys: TestKeyFiles | undefined;

  private constructor(
    private readonly nats: TestNats,
    private readonly mongo: TestMongo,
    readonly dir: string,
  ) {}

  static async start(more: Partial<Record<Service, Env>> = {}): Promise<Platform> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 256 * 1024 * 1024 });
    const dir = await mkdtemp(join(tmpdir(), 'trunkline-calls-'));
    const platform = new Platform(nats, testMongo(), dir);
    try {
      await platform.#startAll(more);
      return platform;
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  urlOf(name: Service | 'sandbox'): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  /** What the operator's command prints under that name. */
  async admin(args: readonly string[], name: string): Promise<string> {
    const program = join(root, 'services/gateway/dist/admin.js');
    const env = { PATH: process.env['PATH'] ?? '', ...this.#envOf('gateway') };
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env });
    const value = new RegExp(`^${name}: (.+)$`, 'm').exec(stdout)?.[1];
    if (!value) throw new Error(`admin ${args[0]} printed no ${name}`);
    return value;
  }

  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) child.kill('SIGKILL');
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }),
    );
    await this.nats.stop();
    await this.mongo.drop();
    await rm(this.dir, { recursive: true, force: true });
  }

  async #startAll(more: Partial<Record<Service, Env>>): Promise<void> {
    for (const name of [...services, 'sandbox']) this.#ports.set(name, await freePort());
    await writeFile(join(this.dir, 'kek'), randomBytes(32).toString('base64'));
    this.#keys = await writeKeyFiles(this.dir, askers);
    const sandbox = { SANDBOX_PORT: String(this.#ports.get('sandbox')), ...{ HTTP_PORT: '0' } };
    await this.#run('sandbox', join(root, 'sandbox/dist/main.js'), sandbox);
    await Promise.all(
      services.map((name) =>
        this.#run(name, join(root, `services/${name}/dist/main.js`), {
          ...this.#envOf(name),
          ...more[name],
        }),
      ),
    );
  }

  async #run(name: Service | 'sandbox', main: string, env: Env): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.said.push(`${name}: ${chunk.toString()}`));
    }
    await eventually(
      async () => {
        const { ok } = await fetch(`${this.urlOf(name)}/readyz`, {
          signal: AbortSignal.timeout(1000),
        });
        if (!ok) throw new Error(`${name} is not ready:\n${this.said.join('').slice(-2000)}`);
      },
      { deadlineMs: 45_000 },
    );
  }

  #envOf(name: Service): Env {
    const port = String(this.#ports.get(name));
    const s3 = ['S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY', 'REDIS_URL'];
    return {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      NATS_URL: this.nats.url,
      NATS_USER: name,
      NATS_PASSWORD: `pw-${name}`,
      NATS_MONITOR_URL: this.nats.monitorUrl,
      MONGODB_URI: this.mongo.uri,
      MONGODB_DATABASE: `${this.mongo.database}_${name}`,
      MONGODB_LOG_DATABASE: `${this.mongo.database}_log`,
      ...Object.fromEntries(s3.map((setting) => [setting, process.env[setting] ?? ''])),
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: port,
      KEK_FILE: join(this.dir, 'kek'),
      PUBLIC_BASE_URL: this.urlOf('gateway'),
      ...this.#keyEnv(name),
      ...(name === 'voice' ? this.#voiceEnv(port) : {}),
      ...(['voice', 'campaigns', 'agents'].includes(name) ? this.#standIns() : {}),
      // The platform answers within its limits also on a machine that does much else.
      RESERVE_LIMIT_MS: '2000',
    };
  }

  #keyEnv(name: Service): Env {
    if (!this.#keys) throw new Error('the keys are not written yet');
    const { principalJwks, tokenKeys, ofService } = this.#keys;
    return {
      PRINCIPAL_JWKS_FILE: principalJwks,
      ...(name === 'gateway' && { TOKEN_KEYS_FILE: tokenKeys }),
      ...(askers.includes(name) && { SERVICE_KEY_FILE: ofService(name) }),
    };
  }

  #voiceEnv(port: string): Env {
    return {
      VOICE_RUNTIME_SIGNING_SECRET: 'a secret of thirty-two characters or more',
      VOICE_RUNTIME_WS_BASE_URL: `ws://127.0.0.1:${port}`,
      VOICE_JOURNAL_DIR: join(this.dir, 'journal'),
      VOICE_SPOOL_DIR: join(this.dir, 'spool'),
    };
  }

  #standIns(): Env {
    return Object.fromEntries(
      vendors.flatMap((vendor) => [
        [`${vendor.toUpperCase()}_BASE_URL`, `${this.urlOf('sandbox')}/${vendor}`],
        [`${vendor.toUpperCase()}_API_KEY`, 'sandbox'],
      ]),
    );
  }
}
