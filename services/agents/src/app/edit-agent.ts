import type { AgentConfig, agentsRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { stateOf } from '@trunkline/platform';
import type { z } from 'zod';
import { agentDecider, liveVersionOf, versionOf, type AgentState } from '../domain/agent.js';
import { configProblems } from '../domain/config-problems.js';
import { diffConfigs } from '../domain/diff-config.js';
import { countBoundRoutes } from '../views/routes.js';
import { changeAgent } from './agent-changes.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';
import { surroundingsOf } from './surroundings.js';

type DraftAnswer = z.input<typeof agentsRoutes.getDraft.answer>;
type PatchBody = z.output<(typeof agentsRoutes.patchDraft)['body'] & z.ZodType>;
type DiffAnswer = z.input<typeof agentsRoutes.diffAgent.answer>;
type Side = 'draft' | 'live' | number;

export async function getDraft(app: AgentsApp, by: By, agent: string): Promise<DraftAnswer> {
  return draftAnswer(app, by, { agent, state: await loadAgent(app, by, agent) });
}

export async function patchDraft(
  app: AgentsApp,
  by: By,
  change: { readonly agent: string; readonly body: PatchBody },
): Promise<DraftAnswer> {
  const { agent, body } = change;
  const { revision, name, description, config: patch } = body;
  const command = { do: 'change-draft', revision, name, description, patch } as const;
  const { state } = await changeAgent(app, by, { agent, command });
  return draftAnswer(app, by, { agent, state });
}

export async function diffAgent(
  app: AgentsApp,
  by: By,
  sides: { readonly agent: string; readonly from: Side; readonly to: Side },
): Promise<DiffAnswer> {
  const state = await loadAgent(app, by, sides.agent);
  const fields = diffConfigs(configOf(state, sides.from), configOf(state, sides.to));
  return { from: String(sides.from), to: String(sides.to), fields };
}

export async function archiveAgent(app: AgentsApp, by: By, agent: string): Promise<null> {
  const bound = await countBoundRoutes(app.mongo, by.tenant, { agent });
  if (bound > 0) throw new AppError('agent.in-use', { details: { numbers: bound } });
  await changeAgent(app, by, { agent, command: { do: 'archive' } });
  return null;
}

export async function loadAgent(app: AgentsApp, by: By, agent: string): Promise<AgentState> {
  const history = await app.store.load(refOf(by, 'agent', agent), { signal: by.origin.signal });
  const state = stateOf(agentDecider, history);
  if (!state.exists) throw new AppError('request.not-found');
  return state;
}

async function draftAnswer(
  app: AgentsApp,
  by: By,
  of: { readonly agent: string; readonly state: AgentState },
): Promise<DraftAnswer> {
  const { agent, state } = of;
  const { name, description, draft } = state;
  if (!draft) throw new AppError('request.not-found');
  const { revision, config } = draft;
  const live = liveVersionOf(state)?.config;
  const problems = configProblems(config, await surroundingsOf(app, by, { draft: config, live }));
  return { agentId: agent, revision, name, description, config, problems };
}

function configOf(state: AgentState, side: Side): AgentConfig {
  const config =
    side === 'draft'
      ? state.draft?.config
      : versionOf(state, side === 'live' ? state.live : side)?.config;
  if (!config) throw new AppError('agent.no-such-version');
  return config;
}
