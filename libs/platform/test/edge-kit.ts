import { defineRoute, type Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  AnswerWithHeaders,
  Authenticator,
  bindRoutes,
  edgeServerOptions,
  type EdgeOptions,
  type RouteHandlers,
  type ServerLimits,
} from '../src/http/index.js';
import { requestIdFor } from '../src/telemetry/http-telemetry.js';

const parcel = z.strictObject({ id: z.string(), weight: z.int() });
const member = { kind: 'protected', role: 'member', key: null } as const;

/** A small API with one route of every sort. */
export const parcelRoutes = {
  createParcel: defineRoute({
    method: 'POST',
    path: '/v1/parcels',
    aliases: ['/parcels'],
    tag: 'parcels',
    summary: 'Post a parcel',
    access: {
      kind: 'protected',
      role: 'member',
      key: { kinds: ['admin'], scope: 'agents:write' },
    },
    body: z.strictObject({
      name: z.string().min(1),
      weight: z.int().min(1),
      to: z.strictObject({ city: z.string() }).optional(),
      tags: z.array(z.string()).max(3).optional(),
    }),
    answer: parcel,
    status: 201,
    idempotent: true,
  }),
  getParcel: defineRoute({
    method: 'GET',
    path: '/v1/parcels/:id',
    tag: 'parcels',
    summary: 'One parcel',
    access: { ...member, role: 'viewer' },
    params: z.strictObject({ id: z.string().regex(/^[a-z0-9-]+$/, 'only a-z, 0-9 and -') }),
    query: z.strictObject({ full: z.enum(['yes', 'no']).optional() }),
    answer: parcel,
    status: 200,
  }),
  removeParcel: defineRoute({
    method: 'DELETE',
    path: '/v1/parcels/:parcelId',
    tag: 'parcels',
    summary: 'Remove a parcel',
    access: member,
    params: z.strictObject({ parcelId: z.string() }),
    answer: z.undefined(),
    status: 204,
  }),
  breakPromise: defineRoute({
    method: 'GET',
    path: '/v1/broken',
    tag: 'parcels',
    summary: 'Answers what its schema forbids',
    access: { kind: 'public', why: 'a test' },
    answer: parcel,
    status: 200,
  }),
  crash: defineRoute({
    method: 'GET',
    path: '/v1/crash',
    tag: 'parcels',
    summary: 'Throws a plain error',
    access: { kind: 'public', why: 'a test' },
    answer: parcel,
    status: 200,
  }),
  open: defineRoute({
    method: 'GET',
    path: '/v1/open',
    tag: 'parcels',
    summary: 'Open to everybody',
    access: { kind: 'public', why: 'a test' },
    answer: parcel,
    status: 200,
  }),
};

export class HeaderAuthenticator extends Authenticator {
  override async authenticate(authorization: string | undefined): Promise<Principal> {
    if (authorization === undefined) throw new AppError('auth.required');
    const known = principals[authorization];
    if (!known) throw new AppError('auth.invalid');
    return known;
  }
}

const principals: Readonly<Record<string, Principal>> = {
  'Bearer member': { kind: 'user', id: 'u1', tenant: 't1', role: 'member', scopes: [] },
  'Bearer other': { kind: 'user', id: 'u2', tenant: 't2', role: 'member', scopes: [] },
  'Bearer viewer': { kind: 'user', id: 'u3', tenant: 't1', role: 'viewer', scopes: [] },
  'Bearer admin-key': {
    kind: 'apikey',
    id: 'k1',
    tenant: 't1',
    role: 'admin',
    scopes: ['agents:write'],
    keyKind: 'admin',
  },
  'Bearer runtime-key': {
    kind: 'apikey',
    id: 'k2',
    tenant: 't1',
    role: 'admin',
    scopes: ['agents:write'],
    keyKind: 'runtime',
  },
};

export interface LogLine {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Edge {
  readonly fastify: FastifyInstance;
  readonly handlers: RouteHandlers<typeof parcelRoutes>;
  readonly log: LogLine[];
  /** How often a handler of a route ran. */
  readonly runs: Map<string, number>;
}

export type EdgeOverrides = Partial<EdgeOptions<typeof parcelRoutes>> & {
  readonly server?: ServerLimits;
  /** Runs inside the handler, e.g. to fail or to wait. */
  readonly onCreate?: () => Promise<void>;
};

export async function openEdge(overrides: EdgeOverrides = {}): Promise<Edge> {
  const { server, onCreate, ...options } = overrides;
  const fastify = Fastify({
    ...edgeServerOptions(server),
    genReqId: (request) => requestIdFor(request.headers['x-request-id']),
  });
  const log: LogLine[] = [];
  const runs = new Map<string, number>();
  const write = (event: string, fields: object = {}): void => {
    log.push({ event, fields: fields as LogLine['fields'] });
  };
  const handlers = countedHandlers(runs, onCreate);
  await bindRoutes(fastify as unknown as FastifyInstance, {
    routes: parcelRoutes,
    handlers,
    authenticator: new HeaderAuthenticator(),
    logger: { info: write, error: write },
    ...options,
  });
  return { fastify: fastify as unknown as FastifyInstance, handlers, log, runs };
}

function countedHandlers(
  runs: Map<string, number>,
  onCreate?: () => Promise<void>,
): RouteHandlers<typeof parcelRoutes> {
  const count = (route: string): number => {
    const next = (runs.get(route) ?? 0) + 1;
    runs.set(route, next);
    return next;
  };
  return {
    createParcel: async ({ body }, context) => {
      const run = count('createParcel');
      await onCreate?.();
      return { id: context.idempotency?.id ?? `minted-${run}`, weight: body.weight };
    },
    getParcel: async ({ params }) =>
      new AnswerWithHeaders({ id: params.id, weight: count('getParcel') }, { etag: '"1"' }),
    removeParcel: async () => void count('removeParcel'),
    breakPromise: async () => ({ id: 'canary-secret', weight: 0.5 }),
    crash: async () => {
      throw new Error('canary-secret');
    },
    open: async () => ({ id: 'open', weight: 1 }),
  };
}
