import { Module, type DynamicModule } from '@nestjs/common';
import type { Envelope } from '@trunkline/contracts';
import { systemClock, type Clock } from '@trunkline/kernel';
import {
  ConfigError,
  connectMongo,
  HealthRegistry,
  JetStreamEventStore,
  Lifecycle,
  Logger,
  Metrics,
  NatsConnections,
  openColdStore,
  RequestHandlers,
  Requests,
  runProjectors,
  S3ObjectStore,
  ServiceViews,
  type Mongo,
} from '@trunkline/platform';
import { HttpLines } from './adapters/carriers/http-lines.js';
import { MongoOpenDials } from './adapters/mongo/before-tenant.js';
import { MongoDialBook } from './adapters/mongo/mongo-dial-book.js';
import { NatsLiveCalls } from './adapters/nats/nats-live-calls.js';
import { openDialWorker, openWebhookWorker } from './adapters/nats/open-workers.js';
import { NatsPodDoors } from './adapters/nats/pod-doors.js';
import { Reconciler } from './adapters/reconciler.js';
import { LookUpPace } from './app/look-up-pace.js';
import type { CampaignsApp } from './app/campaigns-app.js';
import type { CampaignsSettings } from './config.js';
import { usualPatience } from './domain/due.js';
import { projections, viewEnums } from './projections.js';
import { campaignsHandlers } from './transport/request-handlers.js';

/** Archived aggregates are rarely read. */
const LOG_POOL_SIZE = 2;

/** What the platform hands to every service. */
export interface ServiceParts {
  readonly nats: NatsConnections;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
  readonly requests: Requests;
}

/** The object graph of the service, with everything running that it needs. */
export async function openCampaigns(
  settings: CampaignsSettings,
  parts: ServiceParts,
  clock: Clock = systemClock,
): Promise<CampaignsApp> {
  const { logger, lifecycle, requests } = parts;
  const { connection } = parts.nats;
  const mongo = await openMongo(settings, parts);
  const { store, cold } = await openStore(settings, parts);
  const views = new ServiceViews({ projections, enums: viewEnums, mongo, store, logger });
  await views.prepare();
  await runProjectors({ ...parts, projections, mongo, store, cold });
  const app: CampaignsApp = {
    ...{ store, requests, clock, logger },
    lines: new HttpLines({ baseUrls: baseUrlsOf(settings), limitMs: settings.DIAL_LIMIT_MS }),
    pods: new NatsPodDoors(connection, logger),
    live: new NatsLiveCalls({ connection, clock, logger }),
    openDials: new MongoOpenDials(mongo),
    dialBook: new MongoDialBook(mongo),
    lookUps: new LookUpPace(),
    patience: usualPatience,
    publicBaseUrl: settings.PUBLIC_BASE_URL,
    reserveLimitMs: settings.RESERVE_LIMIT_MS,
    show: (event) => views.show(event),
    afterAppend: failpoint(settings),
  };
  const dials = await openDialWorker(connection, app);
  lifecycle.add('finish', 'dial-worker', () => dials.stop());
  const webhooks = await openWebhookWorker(connection, app);
  lifecycle.add('finish', 'webhook-worker', () => webhooks.stop());
  const reconciler = new Reconciler(app, settings.RECONCILE_EVERY_MS);
  lifecycle.add('finish', 'reconciler', () => reconciler.stop());
  return app;
}

async function openMongo(settings: CampaignsSettings, parts: ServiceParts): Promise<Mongo> {
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

async function openStore(settings: CampaignsSettings, parts: ServiceParts) {
  const logMongo = await connectMongo({
    uri: settings.MONGODB_URI.reveal(),
    database: settings.MONGODB_LOG_DATABASE,
    maxPoolSize: LOG_POOL_SIZE,
    appName: 'campaigns log',
  });
  parts.lifecycle.add('close', 'log-mongo', () => logMongo.close());
  const objects = new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  });
  const cold = openColdStore(logMongo, objects);
  return { cold, store: new JetStreamEventStore(parts.nats.connection, { cold }) };
}

function baseUrlsOf(settings: CampaignsSettings) {
  return {
    twilio: settings.TWILIO_BASE_URL,
    telnyx: settings.TELNYX_BASE_URL,
    plivo: settings.PLIVO_BASE_URL,
    vobiz: settings.VOBIZ_BASE_URL,
  };
}

/** Dies like a machine does, without a goodbye. */
function failpoint(settings: CampaignsSettings): (event: Envelope) => void {
  if (settings.FAILPOINT === '') return () => undefined;
  if (settings.NODE_ENV !== 'test') {
    throw new ConfigError([{ name: 'FAILPOINT', reason: 'is for NODE_ENV=test only' }]);
  }
  return ({ type }) => {
    if (type === settings.FAILPOINT) process.kill(process.pid, 'SIGKILL');
  };
}

type Injected = [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle, Requests];

/** The only file where a port meets an adapter. */
@Module({})
export class AppModule {
  static of(settings: CampaignsSettings, clock?: Clock): DynamicModule {
    return {
      module: AppModule,
      providers: [
        {
          provide: RequestHandlers,
          inject: [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle, Requests],
          useFactory: async (...injected: Injected) => {
            const [nats, logger, metrics, health, lifecycle, requests] = injected;
            const parts = { nats, logger, metrics, health, lifecycle, requests };
            const app = await openCampaigns(settings, parts, clock);
            return new RequestHandlers(campaignsHandlers(app));
          },
        },
      ],
    };
  }
}
