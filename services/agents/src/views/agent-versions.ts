import {
  projectionName,
  projections,
  type AgentConfig,
  type EventOf,
  type agentAggregate,
} from '@trunkline/contracts';
import {
  readPageByTime,
  type Mongo,
  type Page,
  type PageRequest,
  type ProjectedDocument,
  type Projection,
  type TenantCollection,
} from '@trunkline/platform';

/** One document per version; it never changes. */
export interface AgentVersionDocument extends ProjectedDocument {
  readonly agent: string;
  readonly version: number;
  readonly hash: string;
  readonly note: string;
  readonly publishedBy: string;
  readonly publishedAt: string;
  readonly config: AgentConfig;
}

type AgentEvent = EventOf<typeof agentAggregate>;

export const agentVersions: Projection<AgentVersionDocument> = {
  definition: projections.agentVersions,
  documentId: (event) => {
    const version = versionIn(event as AgentEvent);
    return version === undefined ? undefined : versionId(event.id, version);
  },
  project: (doc, event) => projectVersion(doc, event as AgentEvent),
  indexes: [{ keys: { tenant: 1, agent: 1, publishedAt: -1, _id: -1 } }],
  perEvent: true,
};

function versionIn(event: AgentEvent): number | undefined {
  if (event.type === 'agent.created') return 1;
  return event.type === 'agent.version-published' ? event.data.version : undefined;
}

function versionId(agent: string, version: number): string {
  return `${agent}:${version}`;
}

function projectVersion(
  doc: AgentVersionDocument | undefined,
  event: AgentEvent,
): AgentVersionDocument | undefined {
  if (event.type !== 'agent.created' && event.type !== 'agent.version-published') return doc;
  const version = versionIn(event) ?? 1;
  return {
    _id: versionId(event.id, version),
    tenant: event.tenant,
    agent: event.id,
    version,
    hash: event.data.configHash,
    note: event.type === 'agent.created' ? '' : event.data.note,
    publishedBy: event.actor.id,
    publishedAt: event.occurredAt,
    config: event.data.config,
  };
}

function collection(mongo: Mongo): TenantCollection<AgentVersionDocument> {
  return mongo.tenantCollection<AgentVersionDocument>(projectionName(projections.agentVersions));
}

export interface VersionKey {
  readonly tenant: string;
  readonly agent: string;
  readonly version: number;
}

export function findVersion(
  mongo: Mongo,
  key: VersionKey,
): Promise<AgentVersionDocument | undefined> {
  const { tenant, agent, version } = key;
  return collection(mongo).findOne(tenant, { _id: versionId(agent, version) });
}

export function listVersions(
  mongo: Mongo,
  agent: { readonly tenant: string; readonly id: string },
  page: PageRequest,
): Promise<Page<AgentVersionDocument>> {
  const { tenant, id } = agent;
  return readPageByTime(collection(mongo), {
    tenant,
    filter: { agent: id },
    by: 'publishedAt',
    ...page,
  });
}
