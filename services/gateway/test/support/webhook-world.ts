import { Module } from '@nestjs/common';
import {
  agentsRuntimeRequests,
  campaignsRuntimeRequests,
  voiceRequests,
  WEBHOOK_STREAM,
  type Admission,
  type CallPlan,
  type WebhookNotice,
  type WhenNoRoom,
} from '@trunkline/contracts';
import { AppError, systemClock } from '@trunkline/kernel';
import {
  answer,
  connectRedis,
  edgeServerOptions,
  ensureStreams,
  loadConfig,
  Logger,
  Metrics,
  NatsRequests,
  PrincipalSigner,
  principalSettings,
  RequestHandlers,
  serviceSettings,
  SharedNatsClient,
  startService,
  type RequestHandler,
  type RunningService,
} from '@trunkline/platform';
import { startNats, writeKeyFiles, type TestNats } from '@trunkline/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { fastify, type FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { NatsWebhookQueue } from '../../src/adapters/nats/nats-webhook-queue.js';
import { RedisWebhookNonces } from '../../src/adapters/redis/webhook-nonces.js';
import { CarrierAccounts } from '../../src/app/webhooks/carrier-accounts.js';
import { bindWebhooks } from '../../src/transport/webhooks/bind-webhooks.js';
import { plivo, telnyx, twilio, vobiz, type CarrierSide } from './carrier-side.js';

export const publicBaseUrl = 'https://calls.example.com';
export const tenant = 'acme';

/** What a colleague is told of a warm transfer. */
const heard = { do: 'hear', text: 'Ann asks. Press 1.', language: 'en' } as const;

@Module({})
class NeighbourModule {}

/** The doors of carriers alone, between fakes of the services they ask. */
export class WebhookWorld {
  readonly logged: string[] = [];
  readonly plans: CallPlan[] = [];
  readonly guided: object[] = [];
  hasRoom = true;
  whenNoRoom: WhenNoRoom = null;
  #services: RunningService[] = [];
  #redis: Redis | undefined;
  #server: FastifyInstance | undefined;
  #url = '';

  private constructor(readonly nats: TestNats) {}

  static async start(): Promise<WebhookWorld> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
    const world = new WebhookWorld(nats);
    const keys = await writeKeyFiles(nats.dir, []);
    world.#services = await world.#startNeighbours(keys.principalJwks);
    await world.#listen(await PrincipalSigner.fromFile(keys.tokenKeys));
    return world;
  }

  async #listen(signer: PrincipalSigner): Promise<void> {
    const connection = await this.nats.connect({ user: 'gateway' });
    const client = new SharedNatsClient(connection, '_INBOX_gateway');
    await client.connect();
    const metrics = new Metrics('gateway', { withDefaults: false });
    const requests = new NatsRequests({ client, signer, metrics });
    const redis = await connectRedis(process.env['REDIS_URL'] ?? '');
    const destination = { write: (line: string) => void this.logged.push(line) };
    const server = fastify(edgeServerOptions());
    await bindWebhooks(server, {
      requests,
      accounts: new CarrierAccounts(requests, systemClock),
      nonces: new RedisWebhookNonces(redis, `test-${randomUUID()}`),
      queue: new NatsWebhookQueue(connection),
      clock: systemClock,
      logger: new Logger({ service: 'gateway', level: 'debug', destination }),
      publicBaseUrl,
      reserveLimitMs: 2000,
    });
    this.#url = await server.listen({ port: 0, host: '127.0.0.1' });
    this.#redis = redis;
    this.#server = server;
  }

  #startNeighbours(principalJwks: string): Promise<RunningService[]> {
    const start = (name: 'agents' | 'voice' | 'campaigns', handlers: RequestHandler[]) => {
      const provider = { provide: RequestHandlers, useValue: new RequestHandlers(handlers) };
      const settings = loadConfig(z.strictObject({ ...serviceSettings, ...principalSettings }), {
        NODE_ENV: 'test',
        HTTP_PORT: '0',
        NATS_URL: this.nats.url,
        NATS_MONITOR_URL: this.nats.monitorUrl,
        NATS_USER: name,
        NATS_PASSWORD: `pw-${name}`,
        PRINCIPAL_JWKS_FILE: principalJwks,
      });
      return startService({
        ...{ name, settings, module: { module: NeighbourModule, providers: [provider] } },
        logger: new Logger({ service: name, level: 'silent' }),
        metrics: new Metrics(name, { withDefaults: false }),
      });
    };
    return Promise.all([
      start('agents', this.#agents()),
      start('voice', [
        answer(voiceRequests.reserve, (plan) => {
          if (!this.hasRoom) return Promise.reject(new AppError('voice.no-room'));
          this.plans.push(plan);
          return Promise.resolve(admission(plan.callId));
        }),
      ]),
      start('campaigns', [
        answer(campaignsRuntimeRequests.answerDial, ({ callId }, { principal }) =>
          principal.tenant === tenant && callId !== 'nobodys'
            ? Promise.resolve(callId.startsWith('second-') ? heard : admission(callId))
            : Promise.reject(new AppError('request.not-found')),
        ),
        answer(campaignsRuntimeRequests.guideLeg, (asked) => {
          this.guided.push(asked);
          const { callId, digits, has } = asked;
          if (callId === 'nobodys') return Promise.reject(new AppError('request.not-found'));
          const isIn = has === 'moved' ? callId !== 'second-over' : digits === '1';
          const meet = { do: 'meet', room: callId, timeLimitSeconds: 660 } as const;
          return Promise.resolve(isIn ? meet : { do: 'leave' });
        }),
      ]),
    ]);
  }

  #agents(): RequestHandler[] {
    const sides = new Map<string, CarrierSide>(
      [twilio, telnyx, plivo, vobiz].map((side) => [`${side.carrier}-1`, side]),
    );
    return [
      answer(agentsRuntimeRequests.openCarrierAccount, ({ carrierAccount }) => {
        const side = sides.get(carrierAccount);
        if (!side) return Promise.reject(new AppError('request.not-found'));
        const { carrier, secret, publicKey } = side;
        const accountId = `id-${carrier}`;
        const ids = { accountId, connectionId: null, publicKey };
        return Promise.resolve({ ...ids, tenant, carrier, carrierAccount, secret });
      }),
      answer(agentsRuntimeRequests.resolveRoute, ({ number, carrierAccount }) =>
        number === '+12025550100'
          ? Promise.resolve({
              ...{ route: 'r1', agent: 'a1', version: 4 },
              carrierAccount: carrierAccount ?? '',
              whenNoRoom: this.whenNoRoom,
            })
          : Promise.reject(new AppError('request.not-found')),
      ),
    ];
  }

  /** As a carrier sends it: signed over the public address, posted to this one. */
  async post(
    side: CarrierSide,
    path: string,
    fields: Readonly<Record<string, string>>,
    change: {
      readonly signedUrl?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    } = {},
  ): Promise<{ status: number; body: string; contentType: string; again: () => Promise<number> }> {
    const url = `/webhooks/${side.carrier}/${side.carrier}-1/${path}`;
    const signed = side.sign(change.signedUrl ?? `${publicBaseUrl}${url}`, fields);
    const send = () =>
      fetch(`${this.#url}${url}`, {
        method: 'POST',
        headers: { ...signed.headers, ...change.headers },
        body: change.body ?? signed.body,
        signal: AbortSignal.timeout(10_000),
      });
    const response = await send();
    return {
      status: response.status,
      body: await response.text(),
      contentType: response.headers.get('content-type') ?? '',
      again: async () => (await send()).status,
    };
  }

  /** Anything at all. */
  async raw(path: string, init: RequestInit): Promise<number> {
    return (await fetch(`${this.#url}${path}`, { method: 'POST', ...init })).status;
  }

  /** What waits in the stream, the oldest first. */
  async queued(): Promise<WebhookNotice[]> {
    const manager = await jetstreamManager(await this.nats.connect({ user: 'operator' }));
    const { state } = await manager.streams.info(WEBHOOK_STREAM);
    const found: WebhookNotice[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq += 1) {
      const message = await manager.streams.getMessage(WEBHOOK_STREAM, { seq });
      if (message) found.push(message.json<WebhookNotice>());
    }
    return found;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#redis?.disconnect();
    for (const service of this.#services) await service.stop('test');
    await this.nats.stop();
  }
}

function admission(callId: string): Admission {
  return {
    pod: 'pod-1',
    url: `wss://voice.example.com/media/x/${callId}`,
    streamToken: `token-of-${callId}-0123456789`,
    expiresAt: '2099-01-01T00:00:00.000Z',
    version: 3,
    mode: 'cascaded',
    timeLimitSeconds: 660,
  };
}
