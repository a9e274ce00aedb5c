import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger as NestLog } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  agentsRequests,
  agentsRoutes,
  aiProviders,
  inboxPrefix,
  type AgentsRouteId,
  type Principal,
  type RequestDefinition,
} from '@trunkline/contracts';
import {
  Logger,
  Metrics,
  NatsRequests,
  PrincipalSigner,
  SharedNatsClient,
  startService,
  type Ed25519Jwk,
  type Requests,
  type RunningService,
} from '@trunkline/platform';
import { exportJWK, generateKeyPair } from 'jose';
import { AppModule } from '../../src/app.module.js';
import { World, newTenant, principalOf } from '../support/world.js';

NestLog.overrideLogger(false);
const body = { name: 'Desk', system_prompt: 'Be kind.' };
const ids = Object.keys(agentsRequests) as AgentsRouteId[];

/** What each body must not be: an unknown field, a wrong type, an operator, a prototype key. */
const nasty: readonly unknown[] = [
  { surprise: 1 },
  { name: 7, label: 7, kind: 7, carrier: 7, number: 7, revision: 'x', version: 'x', apiKey: 7 },
  { name: { $gt: '' }, label: { $gt: '' }, agent: { $ne: null }, revision: { $gt: 0 } },
  { constructor: { prototype: 1 } },
  'text',
  [],
];

describe('the agents service as it is asked by the gateway', () => {
  let world: World;
  let service: RunningService;
  let requests: Requests;
  const logged: string[] = [];

  beforeAll(async () => {
    world = await World.start();
    const key = await newKey();
    const { d: _private, ...publicKey } = key;
    await writeFile(join(world.dir, 'jwks'), JSON.stringify({ keys: [publicKey] }));
    const settings = world.settings();
    const destination = { write: (line: string) => void logged.push(line) };
    const logger = new Logger({ service: 'agents', level: 'debug', destination });
    const metrics = new Metrics('agents', { withDefaults: false });
    const module = AppModule.of(settings);
    service = await startService({ name: 'agents', settings, module, logger, metrics });
    requests = await askerOf(world, key);
  });
  afterAll(async () => {
    await service.stop('test');
    await world.stop();
  });

  const ask = (id: AgentsRouteId, input: object, principal: Principal) =>
    requests.ask(agentsRequests[id] as RequestDefinition, input, {
      principal,
      correlationId: 'request-1',
    });
  const codeOf = async (asking: Promise<unknown>): Promise<string> => {
    const [end] = await Promise.allSettled([asking]);
    return end.status === 'fulfilled' ? 'answered' : String(end.reason.code);
  };

  it('V9 V13 answers what the routes promise', async () => {
    const principal = principalOf(newTenant());
    const empty = { params: {}, query: {}, body: null };
    const made = (await ask('createAgent', { ...empty, body }, principal)) as { id: string };
    expect(made).toMatchObject({ name: 'Desk', status: 'active' });
    const params = { agentId: made.id };
    const read = await ask('getAgent', { ...empty, params }, principal);
    expect(agentsRoutes.getAgent.answer.parse(read)).toEqual(read);
    const listed = await ask('listAgents', { ...empty, query: { limit: '10' } }, principal);
    expect(listed).toMatchObject({ agents: [{ id: made.id }], nextCursor: null });
    expect(await ask('archiveAgent', { ...empty, params }, principal)).toBeNull();
    expect(await ask('listProviders', empty, principal)).toMatchObject({
      providers: aiProviders.map((name) => ({ name })),
    });
  });

  it.each(ids)('%s has a handler', async (id) => {
    const code = await codeOf(ask(id, { params: {}, query: {}, body: null }, principalOf('t-1')));
    expect(['answered', 'request.invalid', 'request.not-found']).toContain(code);
  });

  it('V28 asks for the role again, whatever the gateway checked', async () => {
    const lower = { viewer: 'viewer', member: 'viewer', admin: 'member', owner: 'admin' } as const;
    const guarded = ids.filter((id) => agentsRequests[id].role !== 'viewer');
    const codes = await Promise.all(
      guarded.map((id) => {
        const route = agentsRoutes[id];
        const role = lower[agentsRequests[id].role];
        return codeOf(ask(id, validInput(id, route), principalOf(newTenant(), role)));
      }),
    );
    expect(codes).toEqual(guarded.map(() => 'auth.forbidden'));
    const removing = ids.filter((id) => agentsRoutes[id].method === 'DELETE');
    expect(removing.map((id) => agentsRequests[id].role)).toEqual(removing.map(() => 'admin'));
  });

  it('refuses bad bodies of every route with the code only, and stores nothing', async () => {
    const taking = ids.filter((id) => agentsRoutes[id].body !== undefined);
    const tenant = newTenant();
    for (const id of taking) {
      const { params } = validInput(id, agentsRoutes[id]);
      for (const wrong of nasty) {
        const code = await codeOf(ask(id, { params, query: {}, body: wrong }, principalOf(tenant)));
        expect([id, wrong, code]).toEqual([id, wrong, 'request.invalid']);
      }
    }
    expect(await world.dumpMongo()).not.toContain(tenant);
    expect(logged.join('')).not.toContain('surprise');
  });

  it.each(['a.b', '*', '>', 'a b', 'é', '../x', ''])('refuses the id %p', async (agentId) => {
    const input = { params: { agentId }, query: {}, body: null };
    expect(await codeOf(ask('getAgent', input, principalOf('t-1')))).toBe('request.invalid');
  });

  it('is ready with reasons', async () => {
    const response = await fetch(`${service.url}/readyz`, { signal: AbortSignal.timeout(5000) });
    const text = await response.text();
    expect([response.status, text.includes('mongo'), text.includes('objects')]).toEqual([
      200,
      true,
      true,
    ]);
  });

  it('stops with 0 when it is told to', async () => {
    expect(await service.stop('test')).toBe(0);
  });
});

/** Only ids; the role is checked before or after the body, but always. */
function validInput(id: AgentsRouteId, route: { readonly path: string }) {
  const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  const params = Object.fromEntries(names.map((name) => [name, name === 'version' ? '1' : 'x-1']));
  return { params, query: {}, body: bodies[id] ?? null };
}

const tool = { kind: 'internal', action: 'hang-up', name: 'bye', description: 'Ends.' };
const bodies: Partial<Record<AgentsRouteId, unknown>> = {
  createAgent: body,
  patchDraft: { revision: 1 },
  publishAgent: { revision: 1 },
  rollBackAgent: { version: 1 },
  createTool: tool,
  updateTool: tool,
  saveCredential: { provider: 'openai', label: 'x', apiKey: '12345678' },
  rotateCredential: { apiKey: '12345678' },
  saveCarrierAccount: { carrier: 'twilio', label: 'x', accountId: 'AC1', authToken: '12345678' },
  rotateCarrierAccount: { secret: '12345678' },
  bindRoute: { carrierAccount: 'c', number: '+15551230001', direction: 'inbound', agent: 'a' },
  rebindRoute: { agent: 'a' },
};

async function newKey(): Promise<Ed25519Jwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '', d = '' } = await exportJWK(privateKey);
  return { kty: 'OKP', crv: 'Ed25519', kid: 'k1', x, d, use: 'principal' };
}

async function askerOf(world: World, key: Ed25519Jwk): Promise<Requests> {
  const connection = await world.nats.connect({ user: 'gateway' });
  const client = new SharedNatsClient(connection, inboxPrefix('gateway'));
  await client.connect();
  const metrics = new Metrics('gateway', { withDefaults: false });
  return new NatsRequests({ client, signer: new PrincipalSigner(key), metrics });
}
