import {
  agentsRequests,
  agentsRoutes,
  type AgentsRouteId,
  type RequestDefinition,
  type RouteDefinition,
} from '@trunkline/contracts';
import type { HttpContext, Requests, RouteHandlers } from '@trunkline/platform';

interface Parts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Every route of the agents service is one question to it: what came in, as it was parsed. */
export function agentsHandlers(requests: Requests): RouteHandlers<typeof agentsRoutes> {
  const routes = Object.entries<RouteDefinition>(agentsRoutes);
  const handlers = routes.map(([routeId, route]) => {
    const request: RequestDefinition = agentsRequests[routeId as AgentsRouteId];
    const handler = ({ params, query, body }: Parts, context: HttpContext): Promise<unknown> =>
      requests.ask(request, { params, query, body: route.body ? body : null }, context);
    return [routeId, handler] as const;
  });
  return Object.fromEntries(handlers) as RouteHandlers<typeof agentsRoutes>;
}
