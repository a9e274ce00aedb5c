import type { NatsConnection } from '@nats-io/transport-node';
import { Logger as NestLog } from '@nestjs/common';
import { defineRequest, inboxPrefix, type Principal } from '@trunkline/contracts';
import {
  answer,
  connectNats,
  Logger,
  Metrics,
  NatsRequests,
  PrincipalSigner,
  PrincipalVerifier,
  RequestHandlers,
  RpcServer,
  SharedNatsClient,
  type Ed25519Jwk,
} from '@trunkline/platform';
import type { TestNats } from '@trunkline/testing';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

export interface RequestPair {
  bare(): Promise<unknown>;
  ask(id: string): Promise<unknown>;
  close(): Promise<void>;
}

const echo = defineRequest({
  service: 'agents',
  verb: 'echo',
  role: 'viewer',
  input: z.strictObject({ id: z.string() }),
  output: z.strictObject({ id: z.string() }),
});
const principal: Principal = {
  kind: 'user',
  id: 'bench',
  tenant: 'bench',
  role: 'member',
  scopes: [],
};

/** Both ends in this process, on connections of their own, as two services would have them. */
export async function openRequestPair(nats: TestNats): Promise<RequestPair> {
  NestLog.overrideLogger(false);
  const key = await newKey();
  const metrics = new Metrics('bench', { withDefaults: false });
  const [asking, answering] = [await connect(nats, 'gateway'), await connect(nats, 'agents')];
  await serve(answering, { key, metrics });
  answering.subscribe('req.agents.bare', { callback: (_error, message) => echoBack(message) });
  await answering.flush();
  const client = new SharedNatsClient(asking, inboxPrefix('gateway'));
  await client.connect();
  const requests = new NatsRequests({ client, signer: new PrincipalSigner(key), metrics });
  const context = { principal, correlationId: 'bench' };
  return {
    bare: () => asking.request('req.agents.bare', JSON.stringify({ id: 'x' }), { timeout: 5000 }),
    ask: (id) => requests.ask(echo, { id }, context),
    close: async () => {
      await Promise.all([asking.close(), answering.close()]);
    },
  };
}

function echoBack(message: { data: Uint8Array; respond(data: Uint8Array): boolean }): void {
  message.respond(message.data);
}

async function serve(
  connection: NatsConnection,
  options: { readonly key: Ed25519Jwk; readonly metrics: Metrics },
): Promise<void> {
  const { key, metrics } = options;
  const verifier = new PrincipalVerifier({
    service: 'agents',
    loadKeys: () => Promise.resolve([key]),
  });
  const logger = new Logger({ service: 'bench', level: 'silent' });
  const handlers = new RequestHandlers([answer(echo, ({ id }) => Promise.resolve({ id }))]);
  const server = new RpcServer({ connection, handlers, verifier, metrics, logger });
  await new Promise<void>((resolve, reject) => {
    void server.listen((error: unknown) => (error ? reject(error as Error) : resolve()));
  });
}

function connect(nats: TestNats, user: string): Promise<NatsConnection> {
  return connectNats({ url: nats.url, user, password: `pw-${user}`, name: user });
}

async function newKey(): Promise<Ed25519Jwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '', d = '' } = await exportJWK(privateKey);
  return { kty: 'OKP', crv: 'Ed25519', kid: 'bench', x, d, use: 'principal' };
}
