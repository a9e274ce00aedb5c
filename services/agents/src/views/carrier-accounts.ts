import {
  projectionName,
  projections,
  type Carrier,
  type EventOf,
  type carrierAccountAggregate,
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

export interface CarrierAccountDocument extends ProjectedDocument {
  readonly carrier: Carrier;
  readonly label: string;
  readonly accountId: string | null;
  readonly publicKey: string | null;
  readonly lastFour: string;
  readonly generation: number;
  readonly lastTest: LastTest | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

type AccountEvent = EventOf<typeof carrierAccountAggregate>;

export const carrierAccounts: Projection<CarrierAccountDocument> = {
  definition: projections.carrierAccounts,
  documentId: (event) => event.id,
  project: (doc, event) => projectAccount(doc, event as AccountEvent),
  indexes: [{ keys: { tenant: 1, createdAt: -1, _id: -1 } }],
};

function projectAccount(
  doc: CarrierAccountDocument | undefined,
  event: AccountEvent,
): CarrierAccountDocument | undefined {
  const at = event.occurredAt;
  switch (event.type) {
    case 'carrier-account.saved': {
      const { sealed: _sealed, ...shown } = event.data;
      const kept = { ...shown, generation: 1, lastTest: null };
      return { _id: event.id, tenant: event.tenant, ...kept, createdAt: at, updatedAt: at };
    }
    case 'carrier-account.rotated': {
      const { sealed: _sealed, ...shown } = event.data;
      return doc && { ...doc, ...shown, lastTest: null, updatedAt: at };
    }
    case 'carrier-account.tested': {
      if (!doc) return undefined;
      const { generation, lastTest: before } = doc;
      return { ...doc, lastTest: lastTest(event.data, { generation, testedAt: at, before }) };
    }
    case 'carrier-account.removed':
      return undefined;
    default:
      return doc;
  }
}

function collection(mongo: Mongo): TenantCollection<CarrierAccountDocument> {
  return mongo.tenantCollection<CarrierAccountDocument>(
    projectionName(projections.carrierAccounts),
  );
}

export function findCarrierAccount(
  mongo: Mongo,
  tenant: string,
  id: string,
): Promise<CarrierAccountDocument | undefined> {
  return collection(mongo).findOne(tenant, { _id: id, label: trusted({ $exists: true }) });
}

export function listCarrierAccounts(
  mongo: Mongo,
  tenant: string,
  page: PageRequest,
): Promise<Page<CarrierAccountDocument>> {
  return readPageByTime(collection(mongo), { tenant, filter: {}, by: 'createdAt', ...page });
}
