import { agentsRequests, agentsRoutes, type RequestDefinition } from '@trunkline/contracts';
import type { HttpContext, Requests, RouteHandlers } from '@trunkline/platform';

interface RawParts {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** Every route of the agents service is one question to it: what came in, as it was parsed. */
export function agentsHandlers(requests: Requests): RouteHandlers<typeof agentsRoutes> {
  const handlers = Object.entries<RequestDefinition>(agentsRequests).map(
    ([routeId, definition]) =>
      [
        routeId,
        ({ params, query, body }: RawParts, context: HttpContext) => {
          const input = { params: params ?? {}, query: query ?? {}, body: body ?? null };
          return requests.ask(definition, input, context);
        },
      ] as const,
  );
  return Object.fromEntries(handlers) as RouteHandlers<typeof agentsRoutes>;
}
