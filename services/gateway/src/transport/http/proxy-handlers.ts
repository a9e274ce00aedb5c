import {
  agentsRequests,
  agentsRoutes,
  callRequests,
  callRoutes,
  dialRequests,
  dialRoutes,
  sessionRequests,
  sessionRoutes,
  type RequestDefinition,
  type RouteDefinition,
} from '@trunkline/contracts';
import type { HttpContext, Requests, RouteHandlers } from '@trunkline/platform';

type Routes = Readonly<Record<string, RouteDefinition>>;

interface Parts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** What other services answer; the edge has no code per route. */
export const proxiedRoutes = {
  ...agentsRoutes,
  ...dialRoutes,
  ...sessionRoutes,
  ...callRoutes,
} as const;

const proxiedRequests: Readonly<Record<string, RequestDefinition>> = {
  ...agentsRequests,
  ...dialRequests,
  ...sessionRequests,
  ...callRequests,
};

/** Every such route is one question to its service: what came in, as it was parsed. */
export function proxyHandlers(requests: Requests): RouteHandlers<typeof proxiedRoutes> {
  const routes = Object.entries<RouteDefinition>(proxiedRoutes satisfies Routes);
  const handlers = routes.map(([routeId, route]) => {
    const request = proxiedRequests[routeId];
    if (!request) throw new TypeError(`nobody answers ${routeId}`);
    const handler = ({ params, query, body }: Parts, context: HttpContext): Promise<unknown> =>
      requests.ask(request, { params, query, body: route.body ? body : null }, context);
    return [routeId, handler] as const;
  });
  return Object.fromEntries(handlers) as RouteHandlers<typeof proxiedRoutes>;
}
