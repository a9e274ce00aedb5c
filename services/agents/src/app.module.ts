import { Module, type DynamicModule } from '@nestjs/common';
import { systemClock } from '@trunkline/kernel';
import {
  allowedHostsOf,
  connectMongo,
  EnvelopeCipher,
  eventCatalogue,
  HealthRegistry,
  JetStreamEventStore,
  Lifecycle,
  loadKeyRing,
  Logger,
  Metrics,
  NatsConnections,
  openColdStore,
  OwnWrites,
  RequestHandlers,
  runProjectors,
  S3ObjectStore,
  ServiceViews,
  type Mongo,
  type ObjectStore,
} from '@trunkline/platform';
import { AjvJsonSchemas } from './adapters/ajv-json-schemas.js';
import { MongoBeforeTenant } from './adapters/mongo/before-tenant.js';
import { ConfigDurable } from './adapters/nats/config-durable.js';
import { LiveAgentNews } from './adapters/nats/live-agent-news.js';
import { HttpKeyChecks, type BaseUrls } from './adapters/providers/http-key-checks.js';
import { StoredAgentConfigs } from './adapters/stored-agent-configs.js';
import { StoredTexts } from './adapters/stored-texts.js';
import { AgentCache } from './app/agent-cache.js';
import type { AgentsApp } from './app/agents-app.js';
import { DataKeys } from './app/data-keys.js';
import { TenantDefaults } from './app/tenant-defaults.js';
import type { AgentsSettings } from './config.js';
import { projections, viewEnums } from './projections.js';
import { agentsHandlers } from './transport/request-handlers.js';
import { findRuntimeDefaults } from './views/runtime-defaults.js';
import { writeVoices } from './views/voices.js';

/** Archived aggregates are rarely read. */
const LOG_POOL_SIZE = 2;

/** What the platform hands to every service. */
export interface ServiceParts {
  readonly nats: NatsConnections;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
}

/** The object graph of the service, with everything running that it needs. */
export async function openAgents(
  settings: AgentsSettings,
  parts: ServiceParts,
): Promise<AgentsApp> {
  const { nats, logger, lifecycle } = parts;
  const mongo = await openMongo(settings, parts);
  const objects = await openObjects(settings, parts);
  const cold = openColdStore(await openLogMongo(settings, parts), objects);
  const own = new OwnWrites();
  const store = new JetStreamEventStore(nats.connection, { cold, onSend: own.sending });
  const views = new ServiceViews({ projections, enums: viewEnums, mongo, store, own, logger });
  await Promise.all([views.prepare(), writeVoices(mongo)]);
  await runProjectors({ ...parts, projections, mongo, store, cold, own });
  const configs = new StoredAgentConfigs(objects, own);
  const { connection } = nats;
  const catalogue = eventCatalogue;
  const durable = await ConfigDurable.start({ connection, catalogue, configs, logger });
  lifecycle.add('finish', 'config-objects', () => durable.stop());
  const cache = new AgentCache({
    clock: systemClock,
    ttlMs: settings.AGENT_CACHE_TTL_MS,
    maxEntries: settings.AGENT_CACHE_MAX_ENTRIES,
  });
  const news = new LiveAgentNews(nats, logger);
  lifecycle.add('finish', 'agent-news', news.follow(cache));
  return {
    before: new MongoBeforeTenant(mongo),
    ...{ store, mongo, views, configs, news, cache, logger },
    texts: new StoredTexts(objects),
    defaults: new TenantDefaults((tenant) => findRuntimeDefaults(mongo, tenant), systemClock),
    dataKeys: new DataKeys(store, new EnvelopeCipher(await loadKeyRing(settings.KEK_FILE))),
    keyChecks: new HttpKeyChecks({
      baseUrls: baseUrlsOf(settings),
      limitMs: settings.KEY_CHECK_LIMIT_MS,
    }),
    jsonSchemas: new AjvJsonSchemas(),
    toolHosts: allowedHostsOf(settings),
  };
}

async function openMongo(settings: AgentsSettings, parts: ServiceParts): Promise<Mongo> {
  const mongo = await connectMongo({
    uri: settings.MONGODB_URI.reveal(),
    database: settings.MONGODB_DATABASE,
    maxPoolSize: settings.MONGODB_MAX_POOL_SIZE,
    metrics: parts.metrics.registry,
  });
  parts.lifecycle.add('close', 'mongo', () => mongo.close());
  parts.health.add('mongo', (signal) => mongo.ping(signal));
  return mongo;
}

/** Where the archiver notes which segments hold an archived aggregate. */
async function openLogMongo(settings: AgentsSettings, parts: ServiceParts): Promise<Mongo> {
  const mongo = await connectMongo({
    uri: settings.MONGODB_URI.reveal(),
    database: settings.MONGODB_LOG_DATABASE,
    maxPoolSize: LOG_POOL_SIZE,
    appName: 'agents log',
  });
  parts.lifecycle.add('close', 'log-mongo', () => mongo.close());
  return mongo;
}

async function openObjects(settings: AgentsSettings, parts: ServiceParts): Promise<ObjectStore> {
  const objects = new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  });
  await objects.ensureBuckets(['agents']);
  parts.health.add('objects', (signal) => objects.ping(signal));
  return objects;
}

function baseUrlsOf(settings: AgentsSettings): BaseUrls {
  return {
    deepgram: settings.DEEPGRAM_BASE_URL,
    openai: settings.OPENAI_BASE_URL,
    cartesia: settings.CARTESIA_BASE_URL,
    twilio: settings.TWILIO_BASE_URL,
    telnyx: settings.TELNYX_BASE_URL,
    plivo: settings.PLIVO_BASE_URL,
    vobiz: settings.VOBIZ_BASE_URL,
  };
}

type Injected = [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle];

/** The only file where a port meets an adapter. */
@Module({})
export class AppModule {
  static of(settings: AgentsSettings): DynamicModule {
    return {
      module: AppModule,
      providers: [
        {
          provide: RequestHandlers,
          inject: [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle],
          useFactory: async (...injected: Injected) => {
            const [nats, logger, metrics, health, lifecycle] = injected;
            const parts = { nats, logger, metrics, health, lifecycle };
            return new RequestHandlers(agentsHandlers(await openAgents(settings, parts)));
          },
        },
      ],
    };
  }
}
