/**
 * Everything the agents service answers. The gateway needs no code per route: for a route id
 * of this table, `agentsRequests[id]` (messages/agents.ts) is the request to ask, and its
 * input is `{ params, query, body }` as parsed by the route, `{}` or `null` where the route
 * has none. The request's output is the route's answer.
 */
import { agentRoutes } from './agent-routes.js';
import { credentialRoutes } from './credential-routes.js';
import { knowledgeRoutes } from './knowledge-routes.js';
import { phoneRoutes } from './phone-routes.js';
import { toolRoutes } from './tool-routes.js';

export const agentsRoutes = {
  ...agentRoutes,
  ...toolRoutes,
  ...knowledgeRoutes,
  ...credentialRoutes,
  ...phoneRoutes,
} as const;
export type AgentsRouteId = keyof typeof agentsRoutes;
