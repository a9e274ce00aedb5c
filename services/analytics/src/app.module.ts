import { Module, type DynamicModule } from '@nestjs/common';
import {
  Archiver,
  connectMongo,
  HealthRegistry,
  Lifecycle,
  Logger,
  Metrics,
  NatsConnections,
  S3ObjectStore,
} from '@trunkline/platform';
import type { AnalyticsSettings } from './config.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface Parts {
  readonly nats: NatsConnections;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
}

/** This service hosts the archiver; any number of replicas may, one works at a time. */
export async function startArchiver(settings: AnalyticsSettings, parts: Parts): Promise<Archiver> {
  const { nats, logger, metrics, health, lifecycle } = parts;
  const mongo = await connectMongo({
    uri: settings.MONGODB_URI.reveal(),
    database: settings.MONGODB_LOG_DATABASE,
    maxPoolSize: settings.MONGODB_MAX_POOL_SIZE,
    metrics: metrics.registry,
  });
  lifecycle.add('close', 'mongo', () => mongo.close());
  health.add('mongo', (signal) => mongo.ping(signal));
  const objects = new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  });
  await objects.ensureBuckets(['log']);
  health.add('objects', (signal) => objects.ping(signal));
  const archiver = new Archiver({
    connection: nats.connection,
    mongo,
    objects,
    log: logger,
    hotMs: settings.LOG_HOT_DAYS * 24 * HOUR_MS,
    everyMs: settings.ARCHIVE_EVERY_MINUTES * MINUTE_MS,
  });
  await archiver.start();
  lifecycle.add('finish', 'archiver', () => archiver.stop());
  return archiver;
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
          provide: Archiver,
          inject: [NatsConnections, Logger, Metrics, HealthRegistry, Lifecycle],
          useFactory: (...injected: Injected) => {
            const [nats, logger, metrics, health, lifecycle] = injected;
            return startArchiver(settings, { nats, logger, metrics, health, lifecycle });
          },
        },
      ],
    };
  }
}
