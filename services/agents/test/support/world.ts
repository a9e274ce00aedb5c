import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AggregateRef, Envelope, Principal } from '@trunkline/contracts';
import {
  connectMongo,
  connectNats,
  ensureStreams,
  HealthRegistry,
  JetStreamEventStore,
  Lifecycle,
  loadConfig,
  Logger,
  Metrics,
  NatsConnections,
  S3ObjectStore,
  type Mongo,
} from '@trunkline/platform';
import { startNats, testMongo, type TestMongo, type TestNats } from '@trunkline/testing';
import type { AgentsApp } from '../../src/app/agents-app.js';
import { byOf, type By } from '../../src/app/by.js';
import { openAgents } from '../../src/app.module.js';
import { agentsSettings, type AgentsSettings } from '../../src/config.js';

export interface Replica {
  readonly app: AgentsApp;
  readonly logged: string[];
  stop(): Promise<void>;
}

/** Any number of replicas of the service on servers of its own. */
export class World {
  readonly #replicas: Replica[] = [];

  private constructor(
    readonly nats: TestNats,
    readonly database: TestMongo,
    readonly mongo: Mongo,
    readonly dir: string,
  ) {}

  static async start(): Promise<World> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 256 * 1024 * 1024 });
    const database = testMongo();
    const dir = await mkdtemp(join(tmpdir(), 'trunkline-agents-'));
    const world = new World(nats, database, await connectMongo(database), dir);
    await world.writeMasterKeys([newMasterKey()]);
    return world;
  }

  /** The newest first. */
  async writeMasterKeys(keys: readonly string[]): Promise<void> {
    await writeFile(join(this.dir, 'kek'), keys.join('\n'));
  }

  settings(more: Readonly<Record<string, string>> = {}): AgentsSettings {
    const names = ['S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'];
    const s3 = Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
    return loadConfig(agentsSettings, {
      ...s3,
      NODE_ENV: 'test',
      HTTP_PORT: '0',
      NATS_URL: this.nats.url,
      NATS_USER: 'agents',
      NATS_PASSWORD: 'pw-agents',
      NATS_MONITOR_URL: this.nats.monitorUrl,
      MONGODB_URI: this.database.uri,
      MONGODB_DATABASE: this.database.database,
      KEK_FILE: join(this.dir, 'kek'),
      PRINCIPAL_JWKS_FILE: join(this.dir, 'jwks'),
      ...more,
    });
  }

  async replica(more: Readonly<Record<string, string>> = {}): Promise<Replica> {
    const logged: string[] = [];
    const destination = { write: (line: string) => void logged.push(line) };
    const logger = new Logger({ service: 'agents', level: 'debug', destination });
    const health = new HealthRegistry();
    const lifecycle = new Lifecycle({ budgetMs: 10_000, health, logger });
    const { url } = this.nats;
    const login = { url, user: 'agents', password: 'pw-agents', name: 'agents' };
    const nats = new NatsConnections(await connectNats(login), logger);
    lifecycle.add('close', 'nats', () => nats.close());
    const metrics = new Metrics('agents', { withDefaults: false });
    const parts = { nats, logger, metrics, health, lifecycle };
    const app = await openAgents(this.settings(more), parts);
    const replica = { app, logged, stop: async () => void (await lifecycle.stop('test')) };
    this.#replicas.push(replica);
    return replica;
  }

  objects(): S3ObjectStore {
    const { S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY, S3_SECRET_KEY } = this.settings();
    return new S3ObjectStore({
      endpoint: S3_ENDPOINT,
      region: S3_REGION,
      accessKey: S3_ACCESS_KEY.reveal(),
      secretKey: S3_SECRET_KEY.reveal(),
    });
  }

  /** What the log itself holds about one aggregate. */
  async history(ref: AggregateRef): Promise<readonly Envelope[]> {
    const connection = await this.nats.connect({ user: 'operator' });
    const { events } = await new JetStreamEventStore(connection).load(ref);
    return events;
  }

  /** Every document of the database, as text. */
  async dumpMongo(): Promise<string> {
    const names = await this.mongo.platformDatabase().listCollections().toArray();
    const all = names.map(({ name }) => this.mongo.platformCollection(name).find({}).toArray());
    return JSON.stringify(await Promise.all(all));
  }

  async stop(): Promise<void> {
    for (const replica of this.#replicas) await replica.stop();
    await this.mongo.close();
    await Promise.all([this.nats.stop(), this.database.drop()]);
    await rm(this.dir, { recursive: true, force: true });
  }
}

export function newMasterKey(): string {
  return randomBytes(32).toString('base64');
}

export function newTenant(): string {
  return `t-${randomUUID()}`;
}

export function principalOf(tenant: string, role: Principal['role'] = 'admin'): Principal {
  return { kind: 'user', id: 'u-1', tenant, role, scopes: [] };
}

/** A request of an admin; with a key it is one that may be repeated. */
export function byFor(tenant: string, key?: string): By {
  const idempotency = key === undefined ? undefined : { id: key, fingerprint: `print-${key}` };
  return byOf({
    principal: principalOf(tenant),
    correlationId: `request-${randomUUID()}`,
    idempotency,
  });
}
