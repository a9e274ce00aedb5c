import { randomUUID } from 'node:crypto';
import {
  webhookSubject,
  type Envelope,
  type RequestDefinition,
  type WebhookNotice,
} from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import {
  ensureStreams,
  JetStreamEventStore,
  loadConfig,
  Logger,
  Metrics,
  NatsRequests,
  PrincipalSigner,
  SharedNatsClient,
  startService,
  type RequestContext,
  type Requests,
  type RunningService,
} from '@trunkline/platform';
import {
  eventually,
  startNats,
  testMongo,
  writeKeyFiles,
  type TestKeyFiles,
  type TestMongo,
  type TestNats,
} from '@trunkline/testing';
import { jetstream } from '@nats-io/jetstream';
import type { z } from 'zod';
import { dialRef } from '../../src/app/by.js';
import { AppModule } from '../../src/app.module.js';
import { campaignsSettings } from '../../src/config.js';
import { FakeCarrier } from './fake-carrier.js';
import { neighbourhood, startNeighbours, type Neighbourhood } from './neighbours.js';

export type Env = Readonly<Record<string, string>>;
export const tenant = 'acme';

/** Campaigns on servers of its own, between fakes of its neighbours and of the carriers. */
export class World {
  readonly logged: string[] = [];
  readonly #replicas: RunningService[] = [];

  private constructor(
    readonly nats: TestNats,
    readonly mongo: TestMongo,
    readonly keys: TestKeyFiles,
    readonly carrier: FakeCarrier,
    readonly near: Neighbourhood,
    readonly services: readonly RunningService[],
    readonly asker: Requests,
  ) {}

  static async start(): Promise<World> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 128 * 1024 * 1024 });
    const keys = await writeKeyFiles(nats.dir, ['campaigns']);
    const near = neighbourhood();
    const services = await startNeighbours(nats, keys.principalJwks, near);
    const client = new SharedNatsClient(await nats.connect({ user: 'gateway' }), '_INBOX_gateway');
    await client.connect();
    const signer = await PrincipalSigner.fromFile(keys.tokenKeys);
    const metrics = new Metrics('gateway', { withDefaults: false });
    const asker = new NatsRequests({ client, signer, metrics });
    const carrier = await FakeCarrier.start();
    return new World(nats, testMongo(), keys, carrier, near, services, asker);
  }

  env(more: Env = {}): Env {
    const names = ['S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'];
    const s3 = Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
    return {
      ...s3,
      NODE_ENV: 'test',
      HTTP_PORT: '0',
      NATS_URL: this.nats.url,
      NATS_USER: 'campaigns',
      NATS_PASSWORD: 'pw-campaigns',
      NATS_MONITOR_URL: this.nats.monitorUrl,
      MONGODB_URI: this.mongo.uri,
      MONGODB_DATABASE: this.mongo.database,
      MONGODB_LOG_DATABASE: `${this.mongo.database}_log`,
      PRINCIPAL_JWKS_FILE: this.keys.principalJwks,
      SERVICE_KEY_FILE: this.keys.ofService('campaigns'),
      PUBLIC_BASE_URL: 'https://calls.example.com',
      TWILIO_BASE_URL: this.carrier.url,
      TELNYX_BASE_URL: this.carrier.url,
      RESERVE_LIMIT_MS: '2000',
      DIAL_LIMIT_MS: '1500',
      RECONCILE_EVERY_MS: '100',
      ...more,
    };
  }

  /** One replica in this process; its clock may run ahead. */
  async replica(
    of: { readonly clock?: Clock; readonly settings?: Env } = {},
  ): Promise<RunningService> {
    const { clock } = of;
    const settings = loadConfig(campaignsSettings, this.env(of.settings));
    const destination = { write: (line: string) => void this.logged.push(line) };
    const running = await startService({
      ...{ name: 'campaigns', settings, module: AppModule.of(settings, clock) },
      logger: new Logger({ service: 'campaigns', level: 'debug', destination }),
      metrics: new Metrics('campaigns', { withDefaults: false }),
    });
    this.#replicas.push(running);
    return running;
  }

  ask<D extends RequestDefinition>(
    definition: D,
    input: z.input<D['input']>,
    context: RequestContext,
  ) {
    return this.asker.ask(definition, input, context);
  }

  /** What the log holds of a dial. */
  async events(callId: string): Promise<readonly Envelope[]> {
    const connection = await this.nats.connect({ user: 'operator' });
    try {
      const { events } = await new JetStreamEventStore(connection).load(dialRef(tenant, callId));
      return events;
    } finally {
      await connection.close();
    }
  }

  async types(callId: string): Promise<string[]> {
    return (await this.events(callId)).map(({ type }) => type.replace('dial.', ''));
  }

  /** Until the dial has come to this. */
  async until(callId: string, type: string): Promise<Envelope> {
    return eventually(
      async () => {
        const events = await this.events(callId);
        const found = events.find((event) => event.type === `dial.${type}`);
        if (!found) throw new Error(`only ${events.map((event) => event.type).join(' ')}`);
        return found;
      },
      { deadlineMs: 20_000 },
    );
  }

  /** As the gateway puts a webhook in. */
  async webhook(
    about: Partial<WebhookNotice> & Pick<WebhookNotice, 'kind' | 'body'>,
  ): Promise<void> {
    const connection = await this.nats.connect({ user: 'gateway' });
    const notice: WebhookNotice = {
      carrier: 'twilio',
      carrierAccount: 'twilio-1',
      tenant,
      callId: null,
      receivedAt: '2026-11-21T09:00:00.000Z',
      ...about,
    };
    const subject = webhookSubject(tenant, notice.carrierAccount);
    await jetstream(connection).publish(subject, JSON.stringify(notice));
    await connection.close();
  }

  async stop(): Promise<void> {
    for (const running of [...this.#replicas, ...this.services]) await running.stop('test');
    await this.carrier.stop();
    await Promise.all([this.nats.stop(), this.mongo.drop()]);
  }
}

let next = 1000;
/** A number nobody else in this file calls. */
export function newNumber(): string {
  next += 1;
  return `+1555123${next}`;
}

export function newCallId(): string {
  return `call-${randomUUID()}`;
}
