import { z } from 'zod';
import type { ServiceName } from '../catalogue.js';
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

export type ProxyRequests<Routes extends Readonly<Record<string, RouteDefinition>>> = {
  readonly [Id in keyof Routes]: ProxyRequest<Routes[Id]>;
};

/** One request per route of a service: `createAgent` is asked as `create-agent`. */
export function proxyRequests<Routes extends Readonly<Record<string, RouteDefinition>>>(
  service: ServiceName,
  routes: Routes,
  timeoutMsOf: (routeId: string) => number = () => 5000,
): ProxyRequests<Routes> {
  return Object.fromEntries(
    Object.entries(routes).map(([id, route]) => [
      id,
      defineRequest({
        service,
        verb: id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
        input: z.strictObject({
          params: route.params ?? z.strictObject({}),
          query: route.query ?? z.strictObject({}),
          body: route.body ?? z.null(),
        }),
        output: route.answer,
        role:
          route.access.kind === 'protected' && route.access.role !== null
            ? route.access.role
            : 'viewer',
        timeoutMs: timeoutMsOf(id),
      }),
    ]),
  ) as unknown as ProxyRequests<Routes>;
}
