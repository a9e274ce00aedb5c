import { projectionName, projections, type EventOf, type tenantAggregate } from '@trunkline/contracts';
import { trusted, type Mongo, type ProjectedDocument, type Projection } from '@trunkline/platform';
import { readPage, type Page, type PageRequest } from './page.js';

/** Which tenants are whose clients; belongs to the agency, not to the client. */
export interface ClientDocument extends ProjectedDocument {
  readonly client: string;
}

export const clients: Projection<ClientDocument> = {
  definition: projections.clients,
  documentId: (event) => event.id,
  project: (doc, event) => {
    const { type, data } = event as EventOf<typeof tenantAggregate>;
    if (type !== 'tenant.created' || data.parent === null) return doc;
    return { _id: event.id, tenant: data.parent, client: event.id };
  },
  indexes: [{ keys: { tenant: 1, _id: 1 } }],
};

export function listClientIds(mongo: Mongo, agency: string, page: PageRequest): Promise<Page<ClientDocument>> {
  const collection = mongo.tenantCollection<ClientDocument>(projectionName(projections.clients));
  return readPage(collection, { tenant: agency, filter: { client: trusted({ $exists: true }) }, ...page });
}
