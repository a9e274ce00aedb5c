import { z } from 'zod';
import { agentsRoutes, type AgentsRouteId } from '../http/agents.js';
import type { RouteDefinition } from '../http/define-route.js';
import { defineRequest, type RequestDefinition } from './define-request.js';

type EmptyObject = z.ZodObject<Record<never, never>, z.core.$strict>;
/** A route without that part infers the schema of everything. */
type Given<Schema extends z.ZodType, Missing extends z.ZodType> =
  unknown extends z.output<Schema> ? Missing : Schema;

/** What a proxied route asks: its own three parts, untouched; its answer is the route's. */
export type ProxyRequest<R> =
  R extends RouteDefinition<infer Params, infer Query, infer Body, infer Answer>
    ? RequestDefinition<
        z.ZodObject<
          {
            params: Given<Params, EmptyObject>;
            query: Given<Query, EmptyObject>;
            body: Given<Body, z.ZodNull>;
          },
          z.core.$strict
        >,
        Answer
      >
    : never;

/** One request per route: `createAgent` is asked as `create-agent`. */
export const agentsRequests = Object.fromEntries(
  Object.entries<RouteDefinition>(agentsRoutes).map(([id, route]) => [id, proxied(id, route)]),
) as unknown as { readonly [Id in AgentsRouteId]: ProxyRequest<(typeof agentsRoutes)[Id]> };

function proxied(id: string, route: RouteDefinition): RequestDefinition {
  const { access } = route;
  return defineRequest({
    service: 'agents',
    verb: id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    input: z.strictObject({
      params: route.params ?? z.strictObject({}),
      query: route.query ?? z.strictObject({}),
      body: route.body ?? z.null(),
    }),
    output: route.answer,
    role: access.kind === 'protected' && access.role !== null ? access.role : 'viewer',
    // A key check waits for a vendor, up to 8 s.
    timeoutMs: id.startsWith('test') ? 12_000 : 5000,
  });
}
