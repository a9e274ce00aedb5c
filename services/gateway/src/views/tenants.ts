import {
  projectionName,
  projections,
  type EventOf,
  type RuntimeDefaults,
  type TenantLimits,
  type tenantAggregate,
} from '@trunkline/contracts';
import { trusted, type Mongo, type ProjectedDocument, type Projection } from '@trunkline/platform';
import { tenant as decider } from '../domain/tenant.js';

export interface TenantDocument extends ProjectedDocument {
  readonly name: string;
  readonly slug: string | null;
  /** The agency it is a client of. */
  readonly parent: string | null;
  readonly suspended: boolean;
  readonly limits: TenantLimits;
  readonly runtimeDefaults: RuntimeDefaults;
  readonly createdAt: string;
}

export const tenants: Projection<TenantDocument> = {
  definition: projections.tenants,
  documentId: (event) => event.id,
  project: (doc, event) => projectTenant(doc, event as EventOf<typeof tenantAggregate>),
  indexes: [],
};

function projectTenant(
  doc: TenantDocument | undefined,
  event: EventOf<typeof tenantAggregate>,
): TenantDocument | undefined {
  if (event.type === 'tenant.created') {
    const { limits, runtimeDefaults } = decider.initialState;
    const rest = { suspended: false, limits, runtimeDefaults, createdAt: event.occurredAt };
    return { _id: event.id, tenant: event.tenant, ...event.data, ...rest };
  }
  return doc && changed(doc, event);
}

function changed(doc: TenantDocument, event: EventOf<typeof tenantAggregate>): TenantDocument {
  switch (event.type) {
    case 'tenant.renamed':
      return { ...doc, name: event.data.name };
    case 'tenant.limits-set':
      return { ...doc, limits: event.data.limits };
    case 'tenant.runtime-defaults-set':
      return { ...doc, runtimeDefaults: event.data.defaults };
    case 'tenant.suspended':
      return { ...doc, suspended: true };
    case 'tenant.resumed':
      return { ...doc, suspended: false };
    default:
      return doc;
  }
}

export function findTenant(mongo: Mongo, tenant: string): Promise<TenantDocument | undefined> {
  const collection = mongo.tenantCollection<TenantDocument>(projectionName(projections.tenants));
  return collection.findOne(tenant, { _id: tenant, name: trusted({ $exists: true }) });
}
