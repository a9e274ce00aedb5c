import {
  projectionName,
  projections,
  type AgentConfig,
  type EventOf,
  type agentAggregate,
} from '@trunkline/contracts';
import {
  readPageByTime,
  trusted,
  type Mongo,
  type Page,
  type PageRequest,
  type ProjectedDocument,
  type Projection,
  type TenantCollection,
} from '@trunkline/platform';
import { diffConfigs } from '../domain/diff-config.js';

/** Row E12. The fields that other systems publish keep their names. */
export interface AgentDocument extends ProjectedDocument {
  readonly name: string;
  readonly description: string;
  readonly status: 'active' | 'archived';
  readonly user_id: string;
  readonly live_version: number;
  readonly latest_version: number;
  readonly draft_revision: number;
  readonly has_changes: boolean;
  /** The live one. */
  readonly config: AgentConfig;
  readonly draft: AgentConfig;
  readonly created_at: string;
  readonly updated_at: string;
}

/** With the version it was read at. */
export type StoredAgent = AgentDocument & { readonly v: { readonly agent: number } };

type AgentEvent = EventOf<typeof agentAggregate>;

export const agents: Projection<AgentDocument> = {
  definition: projections.agents,
  documentId: (event) => event.id,
  project: (doc, event) => projectAgent(doc, event as AgentEvent),
  indexes: [
    { keys: { tenant: 1, created_at: -1, _id: -1 } },
    { keys: { tenant: 1, status: 1, created_at: -1, _id: -1 } },
  ],
};

function projectAgent(
  doc: AgentDocument | undefined,
  event: AgentEvent,
): AgentDocument | undefined {
  if (event.type === 'agent.created') {
    const { name, description, user, config } = event.data;
    return {
      _id: event.id,
      tenant: event.tenant,
      name,
      description,
      status: 'active',
      user_id: user,
      live_version: 1,
      latest_version: 1,
      draft_revision: 1,
      has_changes: false,
      config,
      draft: config,
      created_at: event.occurredAt,
      updated_at: event.occurredAt,
    };
  }
  return doc && { ...doc, ...changes(doc, event), updated_at: event.occurredAt };
}

function changes(
  doc: AgentDocument,
  event: Exclude<AgentEvent, { type: 'agent.created' }>,
): Partial<AgentDocument> {
  switch (event.type) {
    case 'agent.draft-changed': {
      const { name, description, revision, config: draft } = event.data;
      const has_changes = diffConfigs(doc.config, draft).length > 0;
      return { name, description, draft_revision: revision, draft, has_changes };
    }
    case 'agent.version-published': {
      const { version, config } = event.data;
      return { live_version: version, latest_version: version, config, has_changes: false };
    }
    case 'agent.rolled-back': {
      const { version, config } = event.data;
      const has_changes = diffConfigs(config, doc.draft).length > 0;
      return { live_version: version, config, has_changes };
    }
    case 'agent.archived':
      return { status: 'archived' };
    default:
      return {};
  }
}

function collection(mongo: Mongo): TenantCollection<AgentDocument> {
  return mongo.tenantCollection<AgentDocument>(projectionName(projections.agents));
}

export async function findAgent(
  mongo: Mongo,
  tenant: string,
  id: string,
): Promise<StoredAgent | undefined> {
  const filter = { _id: id, name: trusted({ $exists: true }) };
  return (await collection(mongo).findOne(tenant, filter)) as StoredAgent | undefined;
}

export interface AgentSearch extends PageRequest {
  readonly search?: string | undefined;
  readonly status?: AgentDocument['status'] | undefined;
}

export function listAgents(
  mongo: Mongo,
  tenant: string,
  search: AgentSearch,
): Promise<Page<AgentDocument>> {
  const filter = {
    ...(search.status && { status: search.status }),
    ...(search.search && {
      $or: ['name', 'description'].map((field) => has(field, search.search)),
    }),
  };
  const { limit, cursor } = search;
  return readPageByTime(collection(mongo), { tenant, filter, by: 'created_at', limit, cursor });
}

/** Contains the text, whatever its case; nothing in it is a pattern. */
function has(field: string, text = ''): Record<string, unknown> {
  const $regex = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { [field]: trusted({ $regex, $options: 'i' }) };
}
