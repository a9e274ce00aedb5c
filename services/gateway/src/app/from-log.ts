import type { AggregateRef } from '@trunkline/contracts';
import type { ProjectedDocument, Projection } from '@trunkline/platform';
import { findTenant, tenants, type TenantDocument } from '../views/tenants.js';
import { tenantRef } from './by.js';
import type { Identity } from './identity.js';

/** What the read model would hold if it were never late. */
export async function fromLog<Doc extends ProjectedDocument>(
  deps: Pick<Identity, 'facts'>,
  projection: Projection<Doc>,
  ref: AggregateRef,
): Promise<Doc | undefined> {
  const events = await deps.facts.history(ref);
  return events.reduce<Doc | undefined>((doc, event) => projection.project(doc, event), undefined);
}

/** A tenant that was answered once is found from then on. */
export async function readTenant(
  deps: Pick<Identity, 'facts' | 'mongo'>,
  id: string,
): Promise<TenantDocument | undefined> {
  return (await findTenant(deps.mongo, id)) ?? fromLog(deps, tenants, tenantRef(id));
}
