import { z } from 'zod';
import { agentsRoutes, type AgentsRouteId } from '../http/agents.js';
import type { RouteDefinition } from '../http/define-route.js';
import { defineRequest, type RequestDefinition } from './define-request.js';

type Part<R, Name extends 'params' | 'query' | 'body', Missing extends z.ZodType> = R extends {
  readonly [K in Name]: infer Schema extends z.ZodType;
}
  ? Schema
  : Missing;
type EmptyObject = z.ZodObject<Record<never, never>, z.core.$strict>;

/** What a proxied route asks: its own three parts, untouched. */
export type ProxyInput<R> = z.ZodObject<
  {
    params: Part<R, 'params', EmptyObject>;
    query: Part<R, 'query', EmptyObject>;
    body: Part<R, 'body', z.ZodNull>;
  },
  z.core.$strict
>;
export type ProxyRequest<R extends RouteDefinition> = RequestDefinition<ProxyInput<R>, R['answer']>;

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
