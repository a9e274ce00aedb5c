import type { AgentConfig, AiProvider, agentsRuntimeRequests } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { z } from 'zod';
import { findAgent } from '../views/agents.js';
import { findCredentials } from '../views/credentials.js';
import { findKnowledge } from '../views/knowledge.js';
import { definitionOf, findTools, versionOfTool } from '../views/tools.js';
import { readVersion } from './agent-versions.js';
import type { AgentsApp } from './agents-app.js';
import type { By } from './by.js';
import { KEY_FIELD, loadKept } from './credentials.js';
import { agentFromLog } from './read-agent.js';
import { toolSigningSecret as signingSecretOf } from './tool-signing.js';

type Asked = z.output<typeof agentsRuntimeRequests.runtimeConfig.input>;
type RuntimeConfig = z.input<typeof agentsRuntimeRequests.runtimeConfig.output>;
type Keys = RuntimeConfig['keys'];
type Tools = RuntimeConfig['tools'];

/** Row O8. What is live is never taken from a cache: a call keeps the version it is given here. */
export async function runtimeConfig(app: AgentsApp, by: By, asked: Asked): Promise<RuntimeConfig> {
  const found = await findAgent(app.mongo, by.tenant, asked.agent);
  const agent = found ?? (await agentFromLog(app, by, asked.agent));
  if (!agent) throw new AppError('request.not-found');
  if (agent.status !== 'active') throw new AppError('agent.archived');
  const version = asked.version ?? agent.live_version;
  const key = { agent: asked.agent, version };
  const isLive = version === agent.live_version;
  const config = isLive ? agent.config : (await readVersion(app, by, key)).config;
  const [tools, keys, known, toolSigningSecret] = await Promise.all([
    pinnedTools(app, by, config),
    openKeys(app, by),
    findKnowledge(app.mongo, by.tenant, asked.agent),
    signingSecretOf(app, by),
  ]);
  const knowledgeRevision = known?.revision ?? 0;
  return { ...key, name: agent.name, config, tools, keys, knowledgeRevision, toolSigningSecret };
}

/** As they were when the version was published, whatever became of the tool since. */
async function pinnedTools(app: AgentsApp, by: By, config: AgentConfig): Promise<Tools> {
  const ids = config.tools.map(({ tool }) => tool);
  const documents = await findTools(app.mongo, by.tenant, ids);
  const byId = new Map(documents.map((doc) => [doc._id, doc]));
  return config.tools.flatMap(({ tool, version }) => {
    const doc = byId.get(tool);
    const pinned = doc && versionOfTool(doc, version);
    return pinned ? [{ tool, version, definition: definitionOf(pinned) }] : [];
  });
}

/** The newest key of each vendor. */
async function openKeys(app: AgentsApp, by: By): Promise<Keys> {
  const newest = new Map<AiProvider, string>();
  for (const { _id, provider } of await findCredentials(app.mongo, by.tenant)) {
    if (!newest.has(provider)) newest.set(provider, _id);
  }
  return Promise.all(
    [...newest].map(async ([provider, id]) => {
      const { state } = await loadKept(app, by, id);
      const address = { aggregate: 'credential', id, provider, field: KEY_FIELD } as const;
      const apiKey = await app.dataKeys.open(by, address, state.sealed[KEY_FIELD] ?? '');
      app.logger.info('secret.opened', { ...address, reason: 'call' });
      return { provider, apiKey };
    }),
  );
}
