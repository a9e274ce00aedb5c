import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { systemClock } from '@trunkline/kernel';
import {
  ConfigError,
  connectMongo,
  connectRedis,
  HealthRegistry,
  JetStreamEventStore,
  Lifecycle,
  loadKeyRing,
  Logger,
  Metrics,
  NatsConnections,
  openColdStore,
  OwnWrites,
  pingRedis,
  S3ObjectStore,
  ServiceViews,
  type ColdHalf,
  type EventStore,
  type Mongo,
  type Requests,
} from '@trunkline/platform';
import type { Redis } from 'ioredis';
import { JoseAccessTokens, readTokenKeys } from './adapters/crypto/access-tokens.js';
import { Argon2Hasher } from './adapters/crypto/argon2-hasher.js';
import { DerivedSecrets } from './adapters/crypto/derived-secrets.js';
import { FileMail } from './adapters/mail/file-mail.js';
import { SmtpMail } from './adapters/mail/smtp-mail.js';
import { MongoBeforeTenant } from './adapters/mongo/before-tenant.js';
import { MongoKeyUses } from './adapters/mongo/key-uses.js';
import { MongoLinks } from './adapters/mongo/links.js';
import { MongoSessions } from './adapters/mongo/sessions.js';
import { NatsLiveFeed } from './adapters/nats/nats-live-feed.js';
import { NatsWebhookQueue } from './adapters/nats/nats-webhook-queue.js';
import { RedisLoginThrottle } from './adapters/redis/login-throttle.js';
import { RedisWebhookNonces } from './adapters/redis/webhook-nonces.js';
import { Authentication } from './app/authenticate.js';
import { Facts } from './app/facts.js';
import type { Identity } from './app/identity.js';
import { LiveHub } from './app/live/live-hub.js';
import type { Ending } from './app/live/live-reader.js';
import type { Mail } from './app/ports.js';
import { CarrierAccounts } from './app/webhooks/carrier-accounts.js';
import type { WebhookParts } from './app/webhooks/ports.js';
import type { GatewaySettings } from './config.js';
import { projections, viewEnums } from './projections.js';
import type { LiveParts } from './transport/http/live-handlers.js';

const LOGIN_WINDOW_MS = 15 * 60_000;

/** The connections of this process, whoever opened them. */
export interface Connections {
  readonly nats: Pick<NatsConnections, 'connection'>;
  readonly mongo: Mongo;
  /** Where archived events are found. */
  readonly logMongo: Mongo;
  readonly redis: Redis;
  readonly logger: Logger;
}

/** The object graph of the gateway; `npm run admin` works with the same one. */
export class Gateway {
  readonly authentication: Authentication;

  constructor(
    readonly identity: Identity,
    readonly log: { readonly store: EventStore; readonly cold: ColdHalf; readonly own: OwnWrites },
    readonly connections: Connections,
  ) {
    this.authentication = new Authentication(identity);
  }
}

export async function openGateway(
  settings: GatewaySettings,
  connections: Connections,
): Promise<Gateway> {
  const { mongo, redis, logger } = connections;
  const clock = systemClock;
  await Promise.all([MongoSessions, MongoLinks, MongoKeyUses].map((one) => one.prepare(mongo)));
  const cold = openColdStore(connections.logMongo, openObjects(settings));
  const own = new OwnWrites();
  const onSend = own.sending;
  const store = new JetStreamEventStore(connections.nats.connection, { cold, onSend });
  const views = new ServiceViews({ projections, enums: viewEnums, mongo, store, own, logger });
  await views.prepare();
  const throttle = new RedisLoginThrottle(redis, {
    perAccount: settings.LOGIN_ATTEMPTS_PER_ACCOUNT,
    perIp: settings.LOGIN_ATTEMPTS_PER_IP,
    windowMs: LOGIN_WINDOW_MS,
  });
  const afterAppend = failpoint(settings);
  const identity: Identity = {
    facts: new Facts({ store, show: (event) => views.show(event), afterAppend }),
    mongo,
    before: new MongoBeforeTenant(mongo),
    hasher: new Argon2Hasher(),
    mail: openMail(settings),
    sessions: new MongoSessions(mongo, clock),
    links: new MongoLinks(mongo, clock),
    tokens: new JoseAccessTokens({
      keys: await readTokenKeys(settings.TOKEN_KEYS_FILE),
      issuer: settings.PUBLIC_BASE_URL,
      clock,
    }),
    throttle,
    keyUses: new MongoKeyUses(mongo, { clock, logger }),
    secrets: new DerivedSecrets(await loadKeyRing(settings.KEK_FILE)),
    clock,
    afterwards: (what, work) => void runAfterwards(logger, what, work),
    isSignUpOpen: settings.SIGNUP === 'open',
    pagesUrl: settings.PUBLIC_BASE_URL,
  };
  return new Gateway(identity, { store, cold, own }, connections);
}

/** What the doors of carriers work with. */
export function webhookParts(
  settings: GatewaySettings,
  { nats, redis, logger }: Connections,
  requests: Requests,
): WebhookParts & { readonly logger: Logger } {
  const clock = systemClock;
  return {
    ...{ requests, clock, logger },
    accounts: new CarrierAccounts(requests, clock),
    nonces: new RedisWebhookNonces(redis),
    queue: new NatsWebhookQueue(nats.connection),
    publicBaseUrl: settings.PUBLIC_BASE_URL,
    reserveLimitMs: settings.RESERVE_LIMIT_MS,
  };
}

const liveLimits = {
  queuedEntries: 512,
  recent: { maxEntries: 512, maxChars: 256 * 1024 },
  lingerMs: 60_000,
  lingeringRooms: 200,
};

/** The live view: its readers are sent away before the doors close. */
export function liveParts(
  settings: GatewaySettings,
  { authentication, connections }: Gateway,
  parts: {
    readonly nats: NatsConnections;
    readonly requests: Requests;
    readonly metrics: Metrics;
    readonly lifecycle: Lifecycle;
  },
): LiveParts {
  const { nats, requests, metrics, lifecycle } = parts;
  const { logger } = connections;
  const clock = systemClock;
  const hub = new LiveHub({
    ...{ clock, feed: new NatsLiveFeed(nats, logger) },
    limits: { ...liveLimits, readersPerTenant: settings.LIVE_READERS_PER_TENANT },
    newEpoch: () => randomBytes(6).toString('hex'),
    readers: metrics.gauge({ name: 'live_readers', help: 'Open live views.' }),
  });
  lifecycle.add('stop-taking', 'live', () => hub.stop());
  const endings = metrics.counter<'why'>({
    name: 'live_endings_total',
    help: 'Live views that ended, by why.',
    labelNames: ['why'],
  });
  const pingMs = settings.LIVE_PING_SECONDS * 1000;
  const count = { inc: ({ why }: { readonly why: Ending }) => endings.inc({ why }) };
  return { hub, requests, authentication, clock, logger, pingMs, endings: count };
}

function openObjects(settings: GatewaySettings): S3ObjectStore {
  return new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  });
}

function openMail(settings: GatewaySettings): Mail {
  const url = settings.SMTP_URL.reveal();
  if (url === '') return new FileMail(settings.MAIL_DIR);
  return new SmtpMail({ url, from: settings.MAIL_FROM });
}

async function runAfterwards(
  logger: Logger,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.error('gateway.afterwards-failed', { step: what, error });
  }
}

/** Dies like a machine does, without a goodbye. */
function failpoint(settings: GatewaySettings): ((event: { type: string }) => void) | undefined {
  if (settings.FAILPOINT === '') return undefined;
  if (settings.NODE_ENV !== 'test') {
    throw new ConfigError([{ name: 'FAILPOINT', reason: 'is for NODE_ENV=test only' }]);
  }
  return ({ type }) => {
    if (type === settings.FAILPOINT) process.kill(process.pid, 'SIGKILL');
  };
}

@Module({})
export class AppModule {
  static of(settings: GatewaySettings): DynamicModule {
    const inject = [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle];
    return {
      module: AppModule,
      providers: [
        {
          provide: Gateway,
          inject,
          useFactory: async (...parts: ServiceParts) =>
            openGateway(settings, await connect(settings, parts)),
        },
      ],
      exports: [Gateway],
    };
  }
}

type ServiceParts = [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle];

async function connect(
  settings: GatewaySettings,
  [nats, logger, metrics, health, lifecycle]: ServiceParts,
): Promise<Connections> {
  const { mongo, logMongo } = await connectDatabases(settings, metrics);
  lifecycle.add('close', 'mongo', async () => {
    await Promise.all([mongo.close(), logMongo.close()]);
  });
  health.add('mongo', (signal) => mongo.ping(signal));
  const redis = await connectRedis(settings.REDIS_URL.reveal());
  lifecycle.add('close', 'redis', async () => redis.disconnect());
  health.add('redis', () => pingRedis(redis));
  return { nats, mongo, logMongo, redis, logger };
}

const LOG_POOL_SIZE = 2;

export async function connectDatabases(
  settings: GatewaySettings,
  metrics?: Metrics,
): Promise<Pick<Connections, 'mongo' | 'logMongo'>> {
  const uri = settings.MONGODB_URI.reveal();
  const [mongo, logMongo] = await Promise.all([
    connectMongo({
      uri,
      database: settings.MONGODB_DATABASE,
      maxPoolSize: settings.MONGODB_MAX_POOL_SIZE,
      ...(metrics && { metrics: metrics.registry }),
    }),
    connectMongo({
      uri,
      database: settings.MONGODB_LOG_DATABASE,
      maxPoolSize: LOG_POOL_SIZE,
      appName: `${settings.MONGODB_DATABASE} log`,
    }),
  ]);
  return { mongo, logMongo };
}
