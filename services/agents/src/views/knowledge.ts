import {
  projectionName,
  projections,
  type EventOf,
  type knowledgeAggregate,
} from '@trunkline/contracts';
import { trusted, type Mongo, type ProjectedDocument, type Projection } from '@trunkline/platform';

export interface KnownDocument {
  readonly id: string;
  readonly title: string;
  readonly key: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly createdAt: string;
}

/** One for each agent that has something to look things up in; its id is the agent's. */
export interface KnowledgeDocument extends ProjectedDocument {
  readonly revision: number;
  readonly documents: readonly KnownDocument[];
}

type KnowledgeEvent = EventOf<typeof knowledgeAggregate>;

export const knowledge: Projection<KnowledgeDocument> = {
  definition: projections.knowledge,
  documentId: (event) => event.id,
  project: (doc, event) => projectKnowledge(doc, event as KnowledgeEvent),
  indexes: [],
};

function projectKnowledge(
  doc: KnowledgeDocument | undefined,
  event: KnowledgeEvent,
): KnowledgeDocument {
  const before = doc?.documents ?? [];
  const rest = before.filter((one) => one.id !== event.data.document);
  const head = { _id: event.id, tenant: event.tenant, revision: event.v };
  if (event.type === 'knowledge.document-removed') return { ...head, documents: rest };
  const { document: id, title, key, sha256, sizeBytes } = event.data;
  const added = { id, title, key, sha256, sizeBytes, createdAt: event.occurredAt };
  return { ...head, documents: [...rest, added] };
}

export function findKnowledge(
  mongo: Mongo,
  tenant: string,
  agent: string,
): Promise<KnowledgeDocument | undefined> {
  const name = projectionName(projections.knowledge);
  const filter = { _id: agent, revision: trusted({ $exists: true }) };
  return mongo.tenantCollection<KnowledgeDocument>(name).findOne(tenant, filter);
}
