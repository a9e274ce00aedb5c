import { randomUUID } from 'node:crypto';
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
  newEvent,
  nowhere,
  type EventStore,
  type Mongo,
  type RequestContext,
} from '@trunkline/platform';
import {
  startNats,
  testMongo,
  writeKeyFiles,
  type TestMongo,
  type TestNats,
} from '@trunkline/testing';
import type { AnalyticsApp } from '../../src/app/analytics-app.js';
import { openAnalytics } from '../../src/app.module.js';
import { analyticsSettings, type AnalyticsSettings } from '../../src/config.js';
import { dataOf, type Told } from './facts.js';

export interface Replica {
  readonly app: AnalyticsApp;
  readonly logged: string[];
  stop(): Promise<void>;
}

interface Servers {
  readonly nats: TestNats;
  readonly database: TestMongo;
  readonly mongo: Mongo;
  readonly store: EventStore;
  readonly settings: AnalyticsSettings;
}

/** Any number of replicas of the service on servers of its own, and who writes the log for it. */
export class World {
  readonly #replicas: Replica[] = [];

  private constructor(readonly servers: Servers) {}

  static async start(): Promise<World> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 256 * 1024 * 1024 });
    const database = testMongo();
    const mongo = await connectMongo(database);
    const store = new JetStreamEventStore(operator);
    const settings = await settingsOn(nats, database);
    return new World({ nats, database, mongo, store, settings });
  }

  async replica(): Promise<Replica> {
    const logged: string[] = [];
    const destination = { write: (line: string) => void logged.push(line) };
    const logger = new Logger({ service: 'analytics', level: 'debug', destination });
    const health = new HealthRegistry();
    const lifecycle = new Lifecycle({ budgetMs: 10_000, health, logger });
    const login = { url: this.servers.nats.url, user: 'analytics', password: 'pw-analytics' };
    const connection = await connectNats({ ...login, name: 'analytics' });
    const nats = new NatsConnections(connection, logger);
    lifecycle.add('close', 'nats', () => nats.close());
    const metrics = new Metrics('analytics', { withDefaults: false });
    const parts = { nats, logger, metrics, health, lifecycle };
    const app = await openAnalytics(this.servers.settings, parts);
    const replica = { app, logged, stop: async () => void (await lifecycle.stop('test')) };
    this.#replicas.push(replica);
    return replica;
  }

  /** As voice and campaigns would write it; answers the last event. */
  async tell(
    of: { readonly tenant: string; readonly id: string },
    facts: readonly Told[],
  ): Promise<Envelope> {
    let last: Envelope | undefined;
    for (const told of facts) {
      const aggregate = told.type.split('.')[0] ?? '';
      last = await this.#append({ ...of, aggregate }, told);
    }
    if (!last) throw new Error('nothing to tell');
    return last;
  }

  async history(ref: AggregateRef): Promise<readonly Envelope[]> {
    return (await this.servers.store.load(ref, { fromLeader: true })).events;
  }

  async stop(): Promise<void> {
    for (const replica of this.#replicas) await replica.stop();
    await this.servers.mongo.close();
    await Promise.all([this.servers.nats.stop(), this.servers.database.drop()]);
  }

  async #append(ref: AggregateRef, told: Told): Promise<Envelope> {
    const { store } = this.servers;
    const { position } = await store.load(ref, { fromLeader: true });
    const fact = { type: told.type, data: dataOf(told) };
    const actor = { kind: 'service', id: 'test' } as const;
    const event = newEvent(fact, { actor, causationId: 'test', correlationId: ref.id });
    const appended = await store.append({
      ref,
      after: position.v === 0 ? nowhere : position,
      event,
    });
    if (appended.outcome !== 'appended') throw new Error(`${told.type} was not appended`);
    return appended.event;
  }
}

async function settingsOn(nats: TestNats, database: TestMongo): Promise<AnalyticsSettings> {
  const names = ['S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'];
  const keys = await writeKeyFiles(nats.dir, ['analytics']);
  return loadConfig(analyticsSettings, {
    ...Object.fromEntries(names.map((name) => [name, process.env[name]])),
    NODE_ENV: 'test',
    HTTP_PORT: '0',
    NATS_URL: nats.url,
    NATS_MONITOR_URL: nats.monitorUrl,
    NATS_USER: 'analytics',
    NATS_PASSWORD: 'pw-analytics',
    MONGODB_URI: database.uri,
    MONGODB_DATABASE: database.database,
    MONGODB_LOG_DATABASE: database.database,
    PRINCIPAL_JWKS_FILE: keys.principalJwks,
    SERVICE_KEY_FILE: keys.ofService('analytics'),
  });
}

export function newTenant(): string {
  return `t-${randomUUID()}`;
}

export function contextOf(tenant: string): RequestContext {
  const principal: Principal = { kind: 'user', id: 'u-1', tenant, role: 'viewer', scopes: [] };
  return { principal, correlationId: `request-${randomUUID()}` };
}
