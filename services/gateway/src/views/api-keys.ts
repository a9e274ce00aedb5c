import {
  projectionName,
  projections,
  type EventOf,
  type KeyKind,
  type Scope,
  type apikeyAggregate,
} from '@trunkline/contracts';
import {
  readPageById,
  trusted,
  type Mongo,
  type Page,
  type PageRequest,
  type ProjectedDocument,
  type Projection,
} from '@trunkline/platform';

export interface ApiKeyDocument extends ProjectedDocument {
  readonly name: string;
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
  readonly keyHash: string;
  readonly lastFour: string;
  /** The hash before the last rotation, good until `previousUntil`. */
  readonly previousHash: string | null;
  readonly previousUntil: string | null;
  readonly issuedAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export const apiKeys: Projection<ApiKeyDocument> = {
  definition: projections.apiKeys,
  documentId: (event) => event.id,
  project: (doc, event) => projectKey(doc, event as EventOf<typeof apikeyAggregate>),
  indexes: [{ keys: { tenant: 1, _id: 1 } }],
};

function projectKey(
  doc: ApiKeyDocument | undefined,
  event: EventOf<typeof apikeyAggregate>,
): ApiKeyDocument | undefined {
  if (event.type === 'apikey.issued') {
    const rest = { previousHash: null, previousUntil: null, revokedAt: null };
    const issuedAt = event.occurredAt;
    return { _id: event.id, tenant: event.tenant, ...event.data, ...rest, issuedAt };
  }
  if (!doc) return undefined;
  if (event.type === 'apikey.revoked') return { ...doc, revokedAt: event.occurredAt };
  const { keyHash, lastFour, previousUntil } = event.data;
  return { ...doc, keyHash, lastFour, previousHash: doc.keyHash, previousUntil };
}

export function listApiKeys(
  mongo: Mongo,
  tenant: string,
  page: PageRequest,
): Promise<Page<ApiKeyDocument>> {
  return readPageById(collection(mongo), { tenant, filter: present, ...page });
}

const present = { keyHash: trusted({ $exists: true }) };

function collection(mongo: Mongo) {
  return mongo.tenantCollection<ApiKeyDocument>(projectionName(projections.apiKeys));
}
