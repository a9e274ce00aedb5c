import { AppError } from '@trunkline/kernel';
import { cursorAt, type Page, type PageRequest } from '@trunkline/platform';
import {
  agentVersions,
  findVersion,
  listVersions,
  type AgentVersionDocument,
} from '../views/agent-versions.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';

/** Rejects with `agent.no-such-version`. */
export async function readVersion(
  app: AgentsApp,
  by: By,
  key: { readonly agent: string; readonly version: number },
): Promise<AgentVersionDocument> {
  const found = await findVersion(app.mongo, { tenant: by.tenant, ...key });
  if (found) return found;
  const all = await versionsInLog(app, by, key.agent);
  const logged = all.find((one) => one.version === key.version);
  if (!logged) throw new AppError('agent.no-such-version');
  return logged;
}

/** Newest first. The view may lack the latest for a moment; then the log answers. */
export async function readVersionPage(
  app: AgentsApp,
  by: By,
  of: { readonly agent: string; readonly latest: number; readonly page: PageRequest },
): Promise<Page<AgentVersionDocument>> {
  const { agent, latest, page } = of;
  const found = await listVersions(app.mongo, { tenant: by.tenant, id: agent }, page);
  if (page.cursor !== undefined || found.items[0]?.version === latest) return found;
  const all = (await versionsInLog(app, by, agent)).toReversed();
  const items = all.slice(0, page.limit);
  const last = items.at(-1);
  const isMore = all.length > items.length && last !== undefined;
  return { items, nextCursor: isMore ? cursorAt(last.publishedAt, last._id) : null };
}

async function versionsInLog(
  app: AgentsApp,
  by: By,
  agent: string,
): Promise<AgentVersionDocument[]> {
  const ref = refOf(by, 'agent', agent);
  const { events } = await app.store.load(ref, { signal: by.origin.signal });
  return events.flatMap((event) => agentVersions.project(undefined, event) ?? []);
}
