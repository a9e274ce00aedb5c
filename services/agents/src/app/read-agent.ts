import type { EventOf, agentAggregate, agentsRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { z } from 'zod';
import {
  agents,
  findAgent,
  listAgents,
  type AgentDocument,
  type AgentSearch,
  type StoredAgent,
} from '../views/agents.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';

type AgentAnswer = z.input<typeof agentsRoutes.getAgent.answer>;
type ListAnswer = z.input<typeof agentsRoutes.listAgents.answer>;

/** Row E21: from memory if it is there, and then without a query. */
export async function getAgent(app: AgentsApp, by: By, agent: string): Promise<AgentAnswer> {
  return agentAnswer(await readAgent(app, by, agent));
}

export async function readAgent(app: AgentsApp, by: By, agent: string): Promise<StoredAgent> {
  const key = { tenant: by.tenant, agent };
  const isReliable = app.news.isReliable;
  const cached = isReliable ? app.cache.get(key) : undefined;
  if (cached) return cached;
  const { epoch } = app.cache;
  const found =
    (await findAgent(app.mongo, by.tenant, agent)) ?? (await agentFromLog(app, by, agent));
  if (!found) throw new AppError('request.not-found');
  if (isReliable) app.cache.keep(found, epoch);
  return found;
}

/** A view may be late; the log is not. */
export async function agentFromLog(
  app: AgentsApp,
  by: By,
  agent: string,
): Promise<StoredAgent | undefined> {
  const ref = refOf(by, 'agent', agent);
  const { events, position } = await app.store.load(ref, { signal: by.origin.signal });
  const doc = events.reduce<AgentDocument | undefined>(
    (before, event) => agents.project(before, event as EventOf<typeof agentAggregate>),
    undefined,
  );
  return doc && { ...doc, v: { agent: position.v } };
}

export async function findAgents(app: AgentsApp, by: By, search: AgentSearch): Promise<ListAnswer> {
  const { items, nextCursor } = await listAgents(app.mongo, by.tenant, search);
  return { agents: items.map(headOf), nextCursor };
}

export function agentAnswer(doc: AgentDocument): AgentAnswer {
  return { ...headOf(doc), config: doc.config };
}

function headOf(doc: AgentDocument): ListAnswer['agents'][number] {
  return {
    id: doc._id,
    name: doc.name,
    description: doc.description,
    status: doc.status,
    user_id: doc.user_id,
    live_version: doc.live_version,
    latest_version: doc.latest_version,
    draft_revision: doc.draft_revision,
    has_changes: doc.has_changes,
    language: doc.config.language,
    created_at: doc.created_at,
    updated_at: doc.updated_at,
  };
}
