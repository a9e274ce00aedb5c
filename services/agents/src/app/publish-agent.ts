import type { Envelope, agentsRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { stateOf, type History, type PageRequest } from '@trunkline/platform';
import type { z } from 'zod';
import { agentDecider, liveVersionOf, type AgentState } from '../domain/agent.js';
import { configProblems } from '../domain/config-problems.js';
import { agentVersions, type AgentVersionDocument } from '../views/agent-versions.js';
import { changeAgent, configHash } from './agent-changes.js';
import { readVersion, readVersionPage } from './agent-versions.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';
import { agentAnswer, readAgent } from './read-agent.js';
import { surroundingsOf } from './surroundings.js';

type PublishBody = z.output<(typeof agentsRoutes.publishAgent)['body'] & z.ZodType>;
type RollBackBody = z.output<(typeof agentsRoutes.rollBackAgent)['body'] & z.ZodType>;
type VersionAnswer = z.input<typeof agentsRoutes.getVersion.answer>;
type VersionsAnswer = z.input<typeof agentsRoutes.listVersions.answer>;
type AgentAnswer = z.input<typeof agentsRoutes.getAgent.answer>;

export async function publishAgent(
  app: AgentsApp,
  by: By,
  request: { readonly agent: string; readonly body: PublishBody },
): Promise<VersionAnswer> {
  const { agent, body } = request;
  const known = await app.store.load(refOf(by, 'agent', agent), { signal: by.origin.signal });
  const earlier = publishedEarlier(by, known);
  const state = stateOf(agentDecider, known);
  if (earlier) return answerOf(versionIn(earlier), state.live);
  const { event } = await changeAgent(app, by, {
    agent,
    known,
    command: {
      do: 'publish',
      revision: body.revision,
      note: body.note ?? '',
      ...(await checkedDraft(app, by, state)),
    },
  });
  if (!event) throw new AppError('internal');
  const version = versionIn(event);
  return answerOf(version, version.version);
}

/** The same request with the same key has been here: its version is the answer. */
function publishedEarlier(by: By, history: History): Envelope | undefined {
  if (by.createdId === undefined) return undefined;
  return history.events.find(
    (event) =>
      event.type === 'agent.version-published' && event.causationId === by.origin.causationId,
  );
}

async function checkedDraft(app: AgentsApp, by: By, state: AgentState) {
  const draft = state.draft?.config;
  if (!draft) throw new AppError('request.not-found');
  const live = liveVersionOf(state)?.config;
  const problems = configProblems(draft, await surroundingsOf(app, by, { draft, live }));
  return { configHash: configHash(draft), problems };
}

export async function rollBackAgent(
  app: AgentsApp,
  by: By,
  request: { readonly agent: string; readonly body: RollBackBody },
): Promise<AgentAnswer> {
  const { agent, body } = request;
  const { version, reason = '' } = body;
  await changeAgent(app, by, { agent, command: { do: 'roll-back', version, reason } });
  return agentAnswer(await readAgent(app, by, agent));
}

export async function getVersion(
  app: AgentsApp,
  by: By,
  key: { readonly agent: string; readonly version: number },
): Promise<VersionAnswer> {
  const agent = await readAgent(app, by, key.agent);
  return answerOf(await readVersion(app, by, key), agent.live_version);
}

export async function listVersions(
  app: AgentsApp,
  by: By,
  request: { readonly agent: string; readonly page: PageRequest },
): Promise<VersionsAnswer> {
  const agent = await readAgent(app, by, request.agent);
  const of = { ...request, latest: agent.latest_version };
  const { items, nextCursor } = await readVersionPage(app, by, of);
  const versions = items.map((item) => {
    const { config: _config, ...head } = answerOf(item, agent.live_version);
    return head;
  });
  return { versions, nextCursor };
}

function versionIn(event: Envelope): AgentVersionDocument {
  const doc = agentVersions.project(undefined, event);
  if (!doc) throw new AppError('internal');
  return doc;
}

function answerOf(doc: AgentVersionDocument, live: number): VersionAnswer {
  const { agent, version, hash, note, publishedBy, publishedAt, config } = doc;
  const isLive = version === live;
  return { agentId: agent, version, hash, note, publishedBy, publishedAt, isLive, config };
}
