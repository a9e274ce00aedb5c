import { Module, type DynamicModule } from '@nestjs/common';
import { systemClock } from '@trunkline/kernel';
import {
  Archiver,
  connectMongo,
  HealthRegistry,
  JetStreamEventStore,
  Lifecycle,
  Logger,
  Metrics,
  NatsConnections,
  openColdStore,
  RequestHandlers,
  runProjectors,
  S3ObjectStore,
  ServiceViews,
  vacuumedBy,
  type Mongo,
  type ObjectStore,
} from '@trunkline/platform';
import { openTranscriptWorker } from './adapters/transcript-worker.js';
import type { AnalyticsApp } from './app/analytics-app.js';
import type { AnalyticsSettings } from './config.js';
import { projections, viewEnums } from './projections.js';
import { analyticsHandlers } from './transport/request-handlers.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What the platform hands to every service. */
interface Parts {
  readonly nats: NatsConnections;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
}

/** The object graph of the service, with everything running that it needs. */
export async function openAnalytics(
  settings: AnalyticsSettings,
  parts: Parts,
): Promise<AnalyticsApp> {
  const { nats, logger, lifecycle } = parts;
  const objects = await openObjects(settings, parts);
  const logMongo = await openMongo(settings, { ...parts, database: 'MONGODB_LOG_DATABASE' });
  const mongo = await openMongo(settings, { ...parts, database: 'MONGODB_DATABASE' });
  await startArchiver(settings, { ...parts, objects, mongo: logMongo });
  const cold = openColdStore(logMongo, objects);
  const store = new JetStreamEventStore(nats.connection, { cold });
  await new ServiceViews({ projections, enums: viewEnums, mongo, store, logger }).prepare();
  await runProjectors({ ...parts, projections, mongo, store, cold });
  const linkTtlMs = settings.RECORDING_LINK_MINUTES * MINUTE_MS;
  const app: AnalyticsApp = { store, mongo, objects, logger, linkTtlMs };
  const transcripts = await openTranscriptWorker(nats.connection, app);
  lifecycle.add('finish', 'transcripts', () => transcripts.stop());
  return app;
}

/** This service hosts the archiver; any number of replicas may, one works at a time. */
async function startArchiver(
  settings: AnalyticsSettings,
  parts: Parts & { readonly objects: ObjectStore; readonly mongo: Mongo },
): Promise<void> {
  const archiver = new Archiver({
    connection: parts.nats.connection,
    vacuum: vacuumedBy(settings.SEAWEEDFS_MASTER_URL, systemClock),
    mongo: parts.mongo,
    objects: parts.objects,
    log: parts.logger,
    hotMs: settings.LOG_HOT_DAYS * 24 * HOUR_MS,
    everyMs: settings.ARCHIVE_EVERY_MINUTES * MINUTE_MS,
  });
  await archiver.start();
  parts.lifecycle.add('finish', 'archiver', () => archiver.stop());
}

async function openMongo(
  settings: AnalyticsSettings,
  parts: Parts & { readonly database: 'MONGODB_DATABASE' | 'MONGODB_LOG_DATABASE' },
): Promise<Mongo> {
  const isViews = parts.database === 'MONGODB_DATABASE';
  const mongo = await connectMongo({
    uri: settings.MONGODB_URI.reveal(),
    database: settings[parts.database],
    maxPoolSize: settings.MONGODB_MAX_POOL_SIZE,
    ...(isViews ? { metrics: parts.metrics.registry } : { appName: 'analytics log' }),
  });
  parts.lifecycle.add('close', isViews ? 'mongo' : 'log-mongo', () => mongo.close());
  if (isViews) parts.health.add('mongo', (signal) => mongo.ping(signal));
  return mongo;
}

async function openObjects(settings: AnalyticsSettings, parts: Parts): Promise<ObjectStore> {
  const publicEndpoint = settings.S3_PUBLIC_ENDPOINT;
  const objects = new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
    ...(publicEndpoint === '' ? {} : { publicEndpoint }),
  });
  await objects.ensureBuckets(['log', 'recordings']);
  parts.health.add('objects', (signal) => objects.ping(signal));
  return objects;
}

type Injected = [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle];

/** The only file where a port meets an adapter. */
@Module({})
export class AppModule {
  static of(settings: AnalyticsSettings): DynamicModule {
    return {
      module: AppModule,
      providers: [
        {
          provide: RequestHandlers,
          inject: [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle],
          useFactory: async (...injected: Injected) => {
            const [nats, logger, metrics, health, lifecycle] = injected;
            const app = await openAnalytics(settings, { nats, logger, metrics, health, lifecycle });
            return new RequestHandlers(analyticsHandlers(app));
          },
        },
      ],
    };
  }
}
