import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { inboxPrefix, type ServiceName } from '@trunkline/contracts';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { NatsConnection } from '@nats-io/transport-node';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { PrincipalSigner } from '../auth/principal-signer.js';
import { PrincipalVerifier } from '../auth/principal-verifier.js';
import { ConfigError } from '../config/load-config.js';
import type { serviceSettings } from '../config/platform-settings.js';
import { requireLog } from '../events/store/require-log.js';
import { HealthRegistry } from '../health/health-registry.js';
import { bindHealthRoutes, healthPaths } from '../health/health-routes.js';
import { jetStreamCheck } from '../health/nats-check.js';
import { connectNats } from '../nats/connect-nats.js';
import { NatsConnections } from '../nats/nats-connections.js';
import { RequestHandlers } from '../rpc/answer.js';
import { NatsRequests } from '../rpc/nats-requests.js';
import type { Requests } from '../rpc/requests.js';
import { RpcServer } from '../rpc/rpc-server.js';
import { SharedNatsClient } from '../rpc/shared-client.js';
import { bindHttpTelemetry, requestIdFor } from '../telemetry/http-telemetry.js';
import { Logger } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { NestLogger } from '../telemetry/nest-logger.js';
import { startTracing } from '../telemetry/tracing.js';
import { closeHttp, sayGoodbye, silentConnections } from './close-http.js';
import { Lifecycle } from './lifecycle.js';
import { PlatformModule, type PlatformParts } from './platform.module.js';

export type ServiceSettings = Readonly<z.output<z.ZodObject<typeof serviceSettings>>> & {
  /** Private keys: whoever has them may ask other services. */
  readonly TOKEN_KEYS_FILE?: string;
  /** The service's own private key: it may ask other services in its own name. */
  readonly SERVICE_KEY_FILE?: string;
  /** Public keys: whoever answers requests needs them. */
  readonly PRINCIPAL_JWKS_FILE?: string;
};

export interface ServiceOptions {
  readonly name: ServiceName;
  readonly settings: ServiceSettings;
  readonly module: Type | DynamicModule;
  /** Routes and hooks of the service, before it listens. */
  readonly configure?: (app: NestFastifyApplication, fastify: FastifyInstance) => Promise<void>;
  readonly fastify?: Partial<FastifyServerOptions>;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** The exit code. */
  stop(reason: string): Promise<number>;
}

@Module({})
class RootModule {}

/** Everything of a service but the process: `runService` owns that. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { settings } = options;
  const parts = await openParts(options);
  const { lifecycle, logger } = parts;
  try {
    const app = await createApp(options, parts);
    await bindRpc(options, parts, app);
    await app.listen(settings.HTTP_PORT, settings.HTTP_HOST);
    void parts.health.run(lifecycle.signal);
    const url = await app.getUrl();
    logger.info('service.started', { port: Number(new URL(url).port) });
    return { app, url, stop: (reason) => lifecycle.stop(reason) };
  } catch (error) {
    await lifecycle.stop('boot-failed');
    throw error;
  }
}

async function openParts(options: ServiceOptions): Promise<PlatformParts> {
  const { name, settings } = options;
  const metrics = options.metrics ?? new Metrics(name);
  const logger = options.logger ?? serviceLogger(options, metrics);
  const health = new HealthRegistry();
  const lifecycle = new Lifecycle({ budgetMs: settings.SHUTDOWN_BUDGET_MS, health, logger });
  const tracing = startTracing({
    service: name,
    endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
    samplePercent: settings.OTEL_TRACES_SAMPLE_PERCENT,
  });
  lifecycle.add('close', 'tracing', () => tracing.shutdown());
  logger.info('nats.connecting');
  const connection = await connectNats({
    url: settings.NATS_URL,
    user: settings.NATS_USER,
    password: settings.NATS_PASSWORD.reveal(),
    name,
    signal: options.signal,
  });
  const nats = new NatsConnections(connection, logger);
  lifecycle.add('close', 'nats', () => nats.close());
  await refuseUnfitLog(connection, { settings, lifecycle });
  health.add('nats', jetStreamCheck(nats, name));
  const requests = await openRequests(options, { nats, metrics, lifecycle });
  return { logger, metrics, health, lifecycle, nats, requests };
}

/** A boot that is refused leaves no connection behind. */
async function refuseUnfitLog(
  connection: NatsConnection,
  { settings, lifecycle }: { settings: ServiceSettings; lifecycle: Lifecycle },
): Promise<void> {
  try {
    await requireLog(connection, {
      production: settings.NODE_ENV === 'production',
      monitorUrl: settings.NATS_MONITOR_URL,
    });
  } catch (error) {
    await lifecycle.stop('boot-failed');
    throw error;
  }
}

export function serviceLogger(
  options: Pick<ServiceOptions, 'name' | 'settings'>,
  metrics: Metrics,
): Logger {
  return new Logger({
    service: options.name,
    level: options.settings.LOG_LEVEL,
    onDropped: (count) => metrics.droppedLogFields.inc(count),
  });
}

async function openRequests(
  options: ServiceOptions,
  parts: Pick<PlatformParts, 'nats' | 'metrics' | 'lifecycle'>,
): Promise<Requests | undefined> {
  const signer = await signerOf(options);
  if (!signer) return undefined;
  const { NATS_USER } = options.settings;
  const client = new SharedNatsClient(parts.nats.connection, inboxPrefix(NATS_USER));
  await client.connect();
  parts.lifecycle.add('close', 'requests', () => client.close());
  return new NatsRequests({ client, signer, metrics: parts.metrics });
}

async function signerOf({ name, settings }: ServiceOptions): Promise<PrincipalSigner | undefined> {
  const { TOKEN_KEYS_FILE, SERVICE_KEY_FILE } = settings;
  if (TOKEN_KEYS_FILE !== undefined) return PrincipalSigner.fromFile(TOKEN_KEYS_FILE);
  if (SERVICE_KEY_FILE !== undefined) return PrincipalSigner.ofService(SERVICE_KEY_FILE, name);
  return undefined;
}

async function createApp(
  options: ServiceOptions,
  parts: PlatformParts,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    logger: false,
    genReqId: (request: IncomingMessage) => requestIdFor(request.headers['x-request-id']),
    // A request on a connection that is kept alive is still answered while we close.
    return503OnClosing: false,
    ...options.fastify,
  });
  const root = { module: RootModule, imports: [PlatformModule.of(parts), options.module] };
  const logger = new NestLogger(parts.logger);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger,
    abortOnError: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const close = (): Promise<unknown> => adapter.close();
  const doors = { close, closeSilent: silentConnections(fastify.server) };
  parts.lifecycle.add('close-doors', 'http', (signal) => closeHttp(fastify, doors, signal));
  sayGoodbye(fastify, () => parts.lifecycle.signal.aborted);
  parts.lifecycle.add('close', 'modules', () => app.close());
  bindHttpTelemetry(fastify, { ...parts, quiet: healthPaths });
  bindHealthRoutes(fastify, parts);
  await options.configure?.(app, fastify);
  return app;
}

async function bindRpc(
  options: ServiceOptions,
  parts: PlatformParts,
  app: NestFastifyApplication,
): Promise<void> {
  const keysFile = options.settings.PRINCIPAL_JWKS_FILE;
  // Read even if nothing is answered yet: a wrong setting shows at boot or never.
  const verifier = keysFile && (await PrincipalVerifier.fromFile(keysFile, options.name));
  const handlers = handlersOf(app);
  if (!handlers || handlers.list.length === 0) return;
  if (!verifier) {
    throw new ConfigError([{ name: 'PRINCIPAL_JWKS_FILE', reason: 'is missing' }]);
  }
  const { connection } = parts.nats;
  const server = new RpcServer({ ...parts, connection, handlers, verifier });
  app.connectMicroservice({ strategy: server });
  await app.startAllMicroservices();
  parts.lifecycle.add('stop-taking', 'requests', (signal) => server.drain(signal));
}

/** Wherever in the service's modules the table is provided; a service without one answers nothing. */
function handlersOf(app: NestFastifyApplication): RequestHandlers | undefined {
  const modules = [...app.get(ModulesContainer).values()];
  const provided = modules.flatMap((module) => {
    const instance: unknown = module.providers.get(RequestHandlers)?.instance;
    return instance instanceof RequestHandlers ? [instance] : [];
  });
  if (provided.length < 2) return provided[0];
  return new RequestHandlers(provided.flatMap((handlers) => handlers.list));
}
