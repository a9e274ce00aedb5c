import {
  projectionName,
  projections,
  type EventOf,
  type RuntimeDefaults,
  type tenantAggregate,
} from '@trunkline/contracts';
import type { Mongo, ProjectedDocument, Projection } from '@trunkline/platform';

/** Row S10: what the tenant's new agents start from. */
export interface RuntimeDefaultsDocument extends ProjectedDocument {
  readonly defaults: RuntimeDefaults;
}

export const runtimeDefaults: Projection<RuntimeDefaultsDocument> = {
  definition: projections.runtimeDefaults,
  documentId: (event) => event.id,
  project: (doc, event) => projectDefaults(doc, event as EventOf<typeof tenantAggregate>),
  indexes: [],
};

function projectDefaults(
  doc: RuntimeDefaultsDocument | undefined,
  event: EventOf<typeof tenantAggregate>,
): RuntimeDefaultsDocument | undefined {
  if (event.type !== 'tenant.runtime-defaults-set') return doc;
  return { _id: event.id, tenant: event.tenant, defaults: event.data.defaults };
}

export async function findRuntimeDefaults(
  mongo: Mongo,
  tenant: string,
): Promise<RuntimeDefaults | undefined> {
  const name = projectionName(projections.runtimeDefaults);
  const found = await mongo.tenantCollection<RuntimeDefaultsDocument>(name).findOne(tenant, {
    _id: tenant,
  });
  return found?.defaults;
}
