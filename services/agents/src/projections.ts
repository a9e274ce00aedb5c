import { aiProviders, carriers, routeDirections, toolKinds } from '@trunkline/contracts';
import type { ProjectedDocument, Projection, ViewEnums } from '@trunkline/platform';
import { agentVersions } from './views/agent-versions.js';
import { agents } from './views/agents.js';
import { carrierAccounts } from './views/carrier-accounts.js';
import { credentials } from './views/credentials.js';
import { knowledge } from './views/knowledge.js';
import { routes } from './views/routes.js';
import { runtimeDefaults } from './views/runtime-defaults.js';
import { tools } from './views/tools.js';

/** Every read model of the service, for the projector, `rebuild` and `verify`. */
export const projections: readonly Projection<ProjectedDocument>[] = [
  agents,
  agentVersions,
  tools,
  knowledge,
  credentials,
  carrierAccounts,
  routes,
  runtimeDefaults,
];

export const viewEnums: ViewEnums = {
  agents: { status: ['active', 'archived'] },
  tools: { status: ['active', 'archived'], kind: toolKinds },
  credentials: { provider: aiProviders },
  'carrier-accounts': { carrier: carriers },
  routes: { direction: routeDirections, status: ['bound', 'released'] },
};
