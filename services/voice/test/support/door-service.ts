import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inboxPrefix } from '@trunkline/contracts';
import {
  ensureStreams,
  JetStreamEventStore,
  Lifecycle,
  loadConfig,
  Logger,
  Metrics,
  NatsConnections,
  NatsRequests,
  PrincipalSigner,
  principalSettings,
  RequestHandlers,
  serviceSettings,
  SharedNatsClient,
  startService,
  type Ed25519Jwk,
  type Requests,
  type RunningService,
} from '@trunkline/platform';
import { freePort, startNats, type TestNats } from '@trunkline/testing';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { doorSettings } from '../../src/config.js';
import { Door, openDoor } from '../../src/transport/open-door.js';
import { FakeAccounts, FakeAgents, FakeRunner } from './door-things.js';

export interface Pod {
  readonly service: RunningService;
  readonly runner: FakeRunner;
  readonly agents: FakeAgents;
  readonly door: Door;
  readonly store: JetStreamEventStore;
}

/** What only the rest of the service needs is not asked for. */
const settingsSchema = z.strictObject({
  ...serviceSettings,
  ...principalSettings,
  ...doorSettings,
});

/** Pods with the real door, a log of their own, and nothing behind the door. */
export class DoorService {
  readonly #pods: Pod[] = [];

  private constructor(
    readonly nats: TestNats,
    readonly requests: Requests,
  ) {}

  static async start(): Promise<DoorService> {
    const nats = await startNats({ users: true });
    const operator = await nats.connect({ user: 'operator' });
    await ensureStreams(operator, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
    const key = await newKey();
    const { d: _private, ...publicKey } = key;
    await writeFile(join(nats.dir, 'jwks'), JSON.stringify({ keys: [publicKey] }));
    const client = new SharedNatsClient(
      await nats.connect({ user: 'gateway' }),
      inboxPrefix('gateway'),
    );
    await client.connect();
    const metrics = new Metrics('gateway', { withDefaults: false });
    const requests = new NatsRequests({ client, signer: new PrincipalSigner(key), metrics });
    return new DoorService(nats, requests);
  }

  async environment(more: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const port = await freePort();
    return {
      ...{ NODE_ENV: 'test', HTTP_PORT: String(port), VOICE_POD: `pod-${port}` },
      ...{ NATS_URL: this.nats.url, NATS_USER: 'voice', NATS_PASSWORD: 'pw-voice' },
      NATS_MONITOR_URL: this.nats.monitorUrl,
      PRINCIPAL_JWKS_FILE: join(this.nats.dir, 'jwks'),
      VOICE_RUNTIME_WS_BASE_URL: `ws://127.0.0.1:${port}`,
      VOICE_RUNTIME_BASE_URL: `http://127.0.0.1:${port}`,
      VOICE_RUNTIME_SIGNING_SECRET: 's'.repeat(32),
      ...more,
    };
  }

  async pod(more: Readonly<Record<string, string>> = {}): Promise<Pod> {
    const settings = loadConfig(settingsSchema, await this.environment(more));
    const [runner, agents] = [new FakeRunner(), new FakeAgents()];
    const destination = { write: () => undefined };
    const logger = new Logger({ service: 'voice', level: 'debug', destination });
    let store: JetStreamEventStore | undefined;
    const module = {
      module: class DoorOnly {},
      providers: [
        {
          provide: Door,
          inject: [NatsConnections, Metrics, Lifecycle],
          useFactory: (nats: NatsConnections, metrics: Metrics, lifecycle: Lifecycle) => {
            store = new JetStreamEventStore(nats.connection);
            const accounts = new FakeAccounts();
            return openDoor({
              ...{ settings, nats, logger, metrics, lifecycle, store, agents, accounts, runner },
              usualMode: 'cascaded',
            });
          },
        },
        {
          provide: RequestHandlers,
          inject: [Door],
          useFactory: (door: Door) => new RequestHandlers(door.handlers),
        },
      ],
    };
    const service = await startService({
      ...{ name: 'voice', settings, module, logger },
      metrics: new Metrics('voice', { withDefaults: false }),
      configure: async (app, fastify) => app.get(Door).bind(fastify.server),
    });
    if (store === undefined) throw new Error('no store');
    const pod = { service, runner, agents, door: service.app.get(Door), store };
    this.#pods.push(pod);
    return pod;
  }

  async stop(): Promise<void> {
    for (const { runner } of this.#pods) for (const one of runner.running) one.finish();
    await Promise.all(this.#pods.map(({ service }) => service.stop('test')));
    await this.nats.stop();
  }
}

export const newCallId = (): string => randomUUID().replaceAll('-', '');

async function newKey(): Promise<Ed25519Jwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '', d = '' } = await exportJWK(privateKey);
  return { kty: 'OKP', crv: 'Ed25519', kid: 'k1', x, d, use: 'principal' };
}
