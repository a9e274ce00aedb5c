import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AggregateRef, Envelope, Role } from '@trunkline/contracts';
import {
  connectMongo,
  ensureStreams,
  eventCatalogue,
  JetStreamEventStore,
  Logger,
  verifyProjection,
} from '@trunkline/platform';
import {
  eventually,
  freePort,
  startNats,
  testMongo,
  type TestMongo,
  type TestNats,
} from '@trunkline/testing';
import type { JWK } from 'jose';
import { projections } from '../../src/projections.js';
import { OwnRedis } from './own-redis.js';
import { ServiceProcess, type Env } from './service-process.js';

const gatewayMain = join(import.meta.dirname, '../../dist/main.js');
const adminMain = join(import.meta.dirname, '../../dist/admin.js');
const agentsMain = join(import.meta.dirname, '../../../agents/dist/main.js');

/** What the tests look at in bodies; a field that is not there fails the comparison. */
export interface Body {
  readonly id: string;
  readonly code: string;
  readonly tenant: string;
  readonly key: string;
  readonly token: string;
  readonly expires_in: number;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly items: readonly unknown[];
  readonly memberships: readonly unknown[];
  readonly nextCursor: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Asked {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface MailFile {
  readonly to: string;
  readonly template: string;
  readonly link: string;
}

interface Servers {
  readonly nats: TestNats;
  readonly mongo: TestMongo;
  readonly redis: OwnRedis;
  readonly dir: string;
  readonly port: number;
}

/** The gateway as a process on servers of its own. */
export class World {
  gateway: ServiceProcess;
  #agents: ServiceProcess | undefined;

  private constructor(
    readonly servers: Servers,
    readonly env: Env,
    gateway: ServiceProcess,
  ) {
    this.gateway = gateway;
  }

  static async start(more: Env = {}): Promise<World> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 256 * 1024 * 1024 });
    const dir = await mkdtemp(join(tmpdir(), 'trunkline-gateway-'));
    const servers = {
      nats,
      mongo: testMongo(),
      redis: await OwnRedis.start(),
      dir,
      port: await freePort(),
    };
    const env = { ...(await environment(servers)), ...more };
    try {
      return new World(servers, env, await ServiceProcess.start(gatewayMain, env));
    } catch (error) {
      await closeServers(servers);
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.servers.port}`;
  }

  /** The agents service beside it, as a process of its own. */
  async startAgents(): Promise<void> {
    const { TOKEN_KEYS_FILE: _, ...env } = this.env;
    this.#agents = await ServiceProcess.start(agentsMain, {
      ...env,
      NATS_USER: 'agents',
      NATS_PASSWORD: 'pw-agents',
      MONGODB_DATABASE: `${this.servers.mongo.database}_agents`,
      HTTP_PORT: String(await freePort()),
    });
  }

  async restart(more: Env = {}): Promise<void> {
    await this.gateway.stop();
    this.gateway = await ServiceProcess.start(gatewayMain, { ...this.env, ...more });
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.#agents?.stop();
    await closeServers(this.servers);
  }

  async ask(route: string, asked: Asked = {}): Promise<Answer> {
    const [method = 'GET', path = '/'] = route.split(' ');
    const { token, body, headers } = asked;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    const parsed = (text === '' ? {} : JSON.parse(text)) as Body;
    return { status: response.status, headers: response.headers, body: parsed };
  }

  /** `npm run admin` with these arguments; what it printed. */
  async admin(...args: string[]): Promise<Record<string, string>> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      ...this.env,
      NATS_USER: 'operator',
      NATS_PASSWORD: 'pw-operator',
    };
    const { stdout } = await promisify(execFile)(process.execPath, [adminMain, ...args], { env });
    const lines = stdout.trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
  }

  /** What the log itself holds about one aggregate. */
  async history(ref: AggregateRef): Promise<readonly Envelope[]> {
    const connection = await this.servers.nats.connect({ user: 'operator' });
    const { events } = await new JetStreamEventStore(connection).load(ref);
    return events;
  }

  /** Rebuilds every view of the gateway beside the live one; what differs. */
  async verifyViews(): Promise<unknown[]> {
    const { nats, mongo: database } = this.servers;
    const nc = await nats.connect({ user: 'operator' });
    const mongo = await connectMongo({ uri: database.uri, database: database.database });
    const store = new JetStreamEventStore(nc);
    const log = new Logger({ service: 'gateway', level: 'silent' });
    const found: unknown[] = [];
    try {
      for (const projection of projections) {
        const parts = { nc, mongo, store, catalogue: eventCatalogue, log };
        const report = await verifyProjection(projection, parts);
        found.push(...report.differences, ...(report.documents === 0 ? [report.collection] : []));
      }
    } finally {
      await mongo.close();
    }
    return found;
  }

  /** Every document of the gateway's database, as text. */
  async dumpMongo(): Promise<string> {
    const { uri, database } = this.servers.mongo;
    const mongo = await connectMongo({ uri, database });
    try {
      const db = mongo.platformDatabase();
      const names = await db.listCollections({}, { nameOnly: true }).toArray();
      const all = names.map(({ name }) => mongo.platformCollection(name).find({}).toArray());
      return JSON.stringify(await Promise.all(all));
    } finally {
      await mongo.close();
    }
  }

  /** Everything mailed to that address, the newest last. */
  async mailsTo(address: string): Promise<MailFile[]> {
    const folder = join(this.servers.dir, 'mail');
    const names = await readdir(folder).catch(() => [] as string[]);
    const mails = await Promise.all(
      names.toSorted().map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))),
    );
    return (mails as MailFile[]).filter((mail) => mail.to === address);
  }
}

async function closeServers({ nats, mongo, redis, dir }: Servers): Promise<void> {
  await Promise.all([nats.stop(), mongo.drop(), redis.stop()]);
  await rm(dir, { recursive: true, force: true });
}

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly tenant: string;
}

/** A tenant of its own with its owner signed in. */
export async function owner(world: World, email: string): Promise<Person> {
  const printed = await world.admin('create-owner', '--email', email, '--tenant', `of ${email}`);
  return signIn(world, { email, password: printed['password'] ?? '' });
}

export async function signIn(
  world: World,
  { email, password }: { readonly email: string; readonly password: string },
  tenant?: string,
): Promise<Person> {
  const login = { email, password, tenant };
  const { status, body } = await world.ask('POST /v1/auth/login', { body: login });
  if (status !== 200) throw new Error(`login answered ${status} ${JSON.stringify(body)}`);
  const { accessToken: token, refreshToken } = body;
  return { email, password, token, refreshToken, tenant: body.tenant };
}

/** Invited by mail, accepted, signed in. */
export async function member(world: World, inviter: Person, role: Role): Promise<Person> {
  const email = `${role}-${randomBytes(4).toString('hex')}@example.com`;
  const password = `a long password of ${email}`;
  const invited = await world.ask('POST /v1/invitations', {
    token: inviter.token,
    body: { email, role },
  });
  if (invited.status !== 201) throw new Error(`invite answered ${invited.status}`);
  const token = await linkToken(world, email);
  const accepted = await world.ask('POST /v1/invitations/accept', {
    body: { token, name: role, password },
  });
  if (accepted.status !== 200) throw new Error(`accept answered ${accepted.status}`);
  return signIn(world, { email, password });
}

/** The secret of the newest mail to that address, of that template if one is named. */
export async function linkToken(world: World, address: string, template?: string): Promise<string> {
  return eventually(async () => {
    const mails = await world.mailsTo(address);
    const wanted = mails.filter((mail) => template === undefined || mail.template === template);
    const token = wanted.at(-1)?.link.split('#token=')[1];
    if (!token) throw new Error(`no link was mailed to ${address}`);
    return token;
  });
}

async function environment({ nats, mongo, redis, dir, port }: Servers): Promise<Env> {
  const access = signingKey('access');
  const principal = signingKey('principal');
  const { d: _d, ...principalPublic } = principal;
  await writeFile(join(dir, 'kek'), randomBytes(32).toString('base64'));
  await writeFile(join(dir, 'token-keys.json'), JSON.stringify({ keys: [access, principal] }));
  await writeFile(join(dir, 'principal.json'), JSON.stringify({ keys: [principalPublic] }));
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    NATS_URL: nats.url,
    NATS_USER: 'gateway',
    NATS_PASSWORD: 'pw-gateway',
    NATS_MONITOR_URL: nats.monitorUrl,
    MONGODB_URI: mongo.uri,
    MONGODB_DATABASE: mongo.database,
    MONGODB_LOG_DATABASE: `${mongo.database}_log`,
    ...objectStoreEnv(),
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
    KEK_FILE: join(dir, 'kek'),
    TOKEN_KEYS_FILE: join(dir, 'token-keys.json'),
    PRINCIPAL_JWKS_FILE: join(dir, 'principal.json'),
    PUBLIC_BASE_URL: 'https://trunkline.test',
    MAIL_DIR: join(dir, 'mail'),
    REQUESTS_PER_MINUTE_PER_IP: '1000000',
    REQUESTS_PER_MINUTE_PER_TENANT: '1000000',
    REQUESTS_PER_MINUTE_PER_KEY: '1000000',
  };
}

function objectStoreEnv(): Env {
  const names = ['S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/** An Ed25519 private key as a JWK, as the launcher makes it. */
export function signingKey(use: string): JWK & { readonly kid: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const kid = `${use}-${randomBytes(6).toString('hex')}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, use, alg: 'EdDSA' };
}
