import type { NatsConnection } from '@nats-io/transport-node';
import { Logger as NestLog } from '@nestjs/common';
import { inboxPrefix, type Principal } from '@trunkline/contracts';
import type { TestNats } from '@trunkline/testing';
import { exportJWK, generateKeyPair } from 'jose';
import {
  Logger,
  Metrics,
  NatsRequests,
  PrincipalSigner,
  PrincipalVerifier,
  RequestHandlers,
  RpcServer,
  SharedNatsClient,
  connectNats,
  type Ed25519Jwk,
  type RequestContext,
  type RequestHandler,
} from '../../src/index.js';

export const alice: Principal = {
  kind: 'user',
  id: 'alice',
  tenant: 'acme',
  role: 'member',
  scopes: [],
};

export function contextOf(principal: Principal = alice): RequestContext {
  return { principal, correlationId: 'request-1' };
}

export async function newKey(kid: string): Promise<Ed25519Jwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '', d = '' } = await exportJWK(privateKey);
  return { kty: 'OKP', crv: 'Ed25519', kid, x, d, use: 'principal' };
}

export interface Replica {
  readonly server: RpcServer;
  readonly connection: NatsConnection;
}

// What Nest says is no part of these tests.
NestLog.overrideLogger(false);

/** An asker and any number of replicas of `agents` on one real nats-server. */
export class RpcWorld {
  readonly metrics = new Metrics('test', { withDefaults: false });
  readonly logged: string[] = [];
  readonly #logger = new Logger({
    service: 'test',
    level: 'debug',
    destination: { write: (line) => this.logged.push(line) },
  });
  readonly #connections: NatsConnection[] = [];

  constructor(
    readonly nats: TestNats,
    readonly key: Ed25519Jwk,
  ) {}

  async connect(user: string): Promise<NatsConnection> {
    const { url } = this.nats;
    const connection = await connectNats({ url, user, password: `pw-${user}`, name: user });
    this.#connections.push(connection);
    return connection;
  }

  async asker(key: Ed25519Jwk = this.key, over?: NatsConnection): Promise<NatsRequests> {
    const connection = over ?? (await this.connect('gateway'));
    const client = new SharedNatsClient(connection, inboxPrefix('gateway'));
    await client.connect();
    return new NatsRequests({ client, signer: new PrincipalSigner(key), metrics: this.metrics });
  }

  async replica(list: readonly RequestHandler[]): Promise<Replica> {
    const connection = await this.connect('agents');
    const verifier = new PrincipalVerifier({
      service: 'agents',
      loadKeys: () => Promise.resolve([this.key]),
    });
    const { metrics } = this;
    const handlers = new RequestHandlers(list);
    const server = new RpcServer({ connection, handlers, verifier, metrics, logger: this.#logger });
    await new Promise<void>((resolve, reject) => {
      void server.listen((error: unknown) => (error ? reject(error) : resolve()));
    });
    await connection.flush();
    return { server, connection };
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}
