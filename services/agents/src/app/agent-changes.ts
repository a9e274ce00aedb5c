import { createHash } from 'node:crypto';
import type { AgentConfig, AgentFact, Envelope } from '@trunkline/contracts';
import { canonicalJson, handleCommand, type Handled, type History } from '@trunkline/platform';
import { agentDecider, type AgentCommand, type AgentState } from '../domain/agent.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';

export function configHash(config: AgentConfig): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex');
}

/** Decides, appends, and lets everybody see it: own view, config object, other replicas. */
export async function changeAgent(
  app: AgentsApp,
  by: By,
  change: { readonly agent: string; readonly command: AgentCommand; readonly known?: History },
): Promise<Handled<AgentState>> {
  const handled = await handleCommand<AgentState, AgentCommand, AgentFact>(
    app.store,
    agentDecider,
    {
      ...by.origin,
      ref: refOf(by, 'agent', change.agent),
      command: change.command,
      known: change.known,
    },
  );
  if (handled.event) await spread(app, handled.event);
  return handled;
}

/** The event is in the log; none of this can undo it, so none of it fails the request. */
export async function spread(app: AgentsApp, event: Envelope): Promise<void> {
  const { tenant, id: agent, v } = event;
  app.cache.drop({ tenant, agent }, v);
  await Promise.all([app.views.show(event), storeConfig(app, event)]);
  // After the view: whoever hears of it reads the new document. Nobody can have kept a new agent.
  if (v > 1) await app.news.publish({ tenant, agent, v });
}

async function storeConfig(app: AgentsApp, event: Envelope): Promise<void> {
  try {
    await app.configs.store(event);
  } catch (error) {
    // The durable of config objects tries again until it is there.
    app.logger.warn('agent.config-late', { agentId: event.id, v: event.v, error });
  }
}
