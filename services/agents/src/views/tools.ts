import {
  projectionName,
  projections,
  toolDefinition,
  type EventOf,
  type ToolDefinition,
  type toolAggregate,
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

export interface ToolVersion {
  readonly version: number;
  readonly name: string;
  /** As text: the names in a JSON schema are its author's, and no field names of ours. */
  readonly definitionJson: string;
  readonly createdAt: string;
}

export interface ToolDocument extends ProjectedDocument {
  readonly name: string;
  readonly kind: ToolDefinition['kind'];
  readonly status: 'active' | 'archived';
  readonly version: number;
  readonly versions: readonly ToolVersion[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

type ToolEvent = EventOf<typeof toolAggregate>;

export const tools: Projection<ToolDocument> = {
  definition: projections.tools,
  documentId: (event) => event.id,
  project: (doc, event) => projectTool(doc, event as ToolEvent),
  indexes: [{ keys: { tenant: 1, createdAt: -1, _id: -1 } }],
};

function projectTool(doc: ToolDocument | undefined, event: ToolEvent): ToolDocument | undefined {
  if (event.type === 'tool.created') {
    const { definition } = event.data;
    const at = event.occurredAt;
    return {
      _id: event.id,
      tenant: event.tenant,
      name: definition.name,
      kind: definition.kind,
      status: 'active',
      version: 1,
      versions: [stored(1, definition, at)],
      createdAt: at,
      updatedAt: at,
    };
  }
  return doc && changed(doc, event);
}

function changed(
  doc: ToolDocument,
  event: Exclude<ToolEvent, { type: 'tool.created' }>,
): ToolDocument {
  const updatedAt = event.occurredAt;
  if (event.type === 'tool.archived') return { ...doc, status: 'archived', updatedAt };
  const { version, definition } = event.data;
  const { name, kind } = definition;
  const versions = [...doc.versions, stored(version, definition, updatedAt)];
  return { ...doc, name, kind, version, versions, updatedAt };
}

function stored(version: number, definition: ToolDefinition, createdAt: string): ToolVersion {
  return { version, name: definition.name, definitionJson: JSON.stringify(definition), createdAt };
}

export function definitionOf(version: ToolVersion): ToolDefinition {
  return toolDefinition.parse(JSON.parse(version.definitionJson));
}

export function versionOfTool(doc: ToolDocument, version: number): ToolVersion | undefined {
  return doc.versions.find((one) => one.version === version);
}

function collection(mongo: Mongo): TenantCollection<ToolDocument> {
  return mongo.tenantCollection<ToolDocument>(projectionName(projections.tools));
}

export function findTool(
  mongo: Mongo,
  tenant: string,
  id: string,
): Promise<ToolDocument | undefined> {
  return collection(mongo).findOne(tenant, { _id: id, name: trusted({ $exists: true }) });
}

export function findTools(
  mongo: Mongo,
  tenant: string,
  ids: readonly string[],
): Promise<ToolDocument[]> {
  if (ids.length === 0) return Promise.resolve([]);
  const filter = { _id: trusted({ $in: [...ids] }), name: trusted({ $exists: true }) };
  return collection(mongo).find(tenant, filter);
}

export function listTools(
  mongo: Mongo,
  tenant: string,
  page: PageRequest,
): Promise<Page<ToolDocument>> {
  return readPageByTime(collection(mongo), { tenant, filter: {}, by: 'createdAt', ...page });
}
