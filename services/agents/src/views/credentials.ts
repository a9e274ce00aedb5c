import {
  projectionName,
  projections,
  type AiProvider,
  type EventOf,
  type credentialAggregate,
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
import { lastTest, type LastTest } from './last-test.js';

/** No ciphertext in here: whoever needs the key reads it from the log and opens it. */
export interface CredentialDocument extends ProjectedDocument {
  readonly provider: AiProvider;
  readonly label: string;
  readonly lastFour: string;
  readonly generation: number;
  readonly lastTest: LastTest | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

type CredentialEvent = EventOf<typeof credentialAggregate>;

export const credentials: Projection<CredentialDocument> = {
  definition: projections.credentials,
  documentId: (event) => event.id,
  project: (doc, event) => projectCredential(doc, event as CredentialEvent),
  indexes: [{ keys: { tenant: 1, createdAt: -1, _id: -1 } }],
};

function projectCredential(
  doc: CredentialDocument | undefined,
  event: CredentialEvent,
): CredentialDocument | undefined {
  const at = event.occurredAt;
  switch (event.type) {
    case 'credential.saved': {
      const { provider, label, lastFour } = event.data;
      const kept = { provider, label, lastFour, generation: 1, lastTest: null };
      return { _id: event.id, tenant: event.tenant, ...kept, createdAt: at, updatedAt: at };
    }
    case 'credential.rotated': {
      const { lastFour, generation } = event.data;
      return doc && { ...doc, lastFour, generation, lastTest: null, updatedAt: at };
    }
    case 'credential.tested': {
      if (!doc) return undefined;
      const { generation, lastTest: before } = doc;
      return { ...doc, lastTest: lastTest(event.data, { generation, testedAt: at, before }) };
    }
    case 'credential.removed':
      return undefined;
    default:
      return doc;
  }
}

function collection(mongo: Mongo): TenantCollection<CredentialDocument> {
  return mongo.tenantCollection<CredentialDocument>(projectionName(projections.credentials));
}

export function findCredential(
  mongo: Mongo,
  tenant: string,
  id: string,
): Promise<CredentialDocument | undefined> {
  return collection(mongo).findOne(tenant, { _id: id, label: trusted({ $exists: true }) });
}

/** All of a tenant's, the newest first; there are as many as people have saved, not as calls. */
export function findCredentials(mongo: Mongo, tenant: string): Promise<CredentialDocument[]> {
  const filter = { label: trusted({ $exists: true }) };
  return collection(mongo).find(tenant, filter, { sort: { createdAt: -1 }, limit: 100 });
}

export function listCredentials(
  mongo: Mongo,
  tenant: string,
  page: PageRequest,
): Promise<Page<CredentialDocument>> {
  return readPageByTime(collection(mongo), { tenant, filter: {}, by: 'createdAt', ...page });
}
