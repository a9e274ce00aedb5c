import { projections, type EventOf, type tenantAggregate } from '@trunkline/contracts';
import { type ProjectedDocument, type Projection } from '@trunkline/platform';

/** Which tenants are whose clients; read by agency, so before the client's tenant is known. */
export interface ClientDocument extends ProjectedDocument {
  readonly agency: string;
}

export const clients: Projection<ClientDocument> = {
  definition: projections.clients,
  documentId: (event) => event.id,
  project: (doc, event) => {
    const { type, data } = event as EventOf<typeof tenantAggregate>;
    if (type !== 'tenant.created' || data.parent === null) return doc;
    return { _id: event.id, tenant: event.tenant, agency: data.parent };
  },
  indexes: [{ keys: { agency: 1, _id: 1 } }],
};
