import {
  projectionName,
  projections,
  type EventOf,
  type RouteFact,
  type routeAggregate,
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

type Bound = Extract<RouteFact, { type: 'route.bound' }>['data'];

export interface RouteDocument extends ProjectedDocument, Bound {
  readonly status: 'bound' | 'released';
  readonly createdAt: string;
  readonly updatedAt: string;
}

type RouteEvent = EventOf<typeof routeAggregate>;

export const routes: Projection<RouteDocument> = {
  definition: projections.routes,
  documentId: (event) => event.id,
  project: (doc, event) => projectRoute(doc, event as RouteEvent),
  indexes: [
    { keys: { tenant: 1, createdAt: -1, _id: -1 } },
    { keys: { tenant: 1, agent: 1, status: 1 } },
    { keys: { tenant: 1, carrierAccount: 1, status: 1 } },
    { keys: { tenant: 1, number: 1, direction: 1 } },
  ],
};

function projectRoute(
  doc: RouteDocument | undefined,
  event: RouteEvent,
): RouteDocument | undefined {
  const updatedAt = event.occurredAt;
  switch (event.type) {
    case 'route.bound': {
      const head = { _id: event.id, tenant: event.tenant, status: 'bound' } as const;
      return { ...head, ...event.data, createdAt: doc?.createdAt ?? updatedAt, updatedAt };
    }
    case 'route.rebound':
      return doc && { ...doc, ...event.data, updatedAt };
    case 'route.released':
      return doc && { ...doc, status: 'released', updatedAt };
    default:
      return doc;
  }
}

function collection(mongo: Mongo): TenantCollection<RouteDocument> {
  return mongo.tenantCollection<RouteDocument>(projectionName(projections.routes));
}

export function findRoute(
  mongo: Mongo,
  tenant: string,
  id: string,
): Promise<RouteDocument | undefined> {
  return collection(mongo).findOne(tenant, { _id: id, number: trusted({ $exists: true }) });
}

/** Two at most: whoever asks wants to know whether it is one. */
export function findRoutesOfNumber(
  mongo: Mongo,
  tenant: string,
  of: Pick<RouteDocument, 'number' | 'direction'>,
): Promise<RouteDocument[]> {
  const { number, direction } = of;
  return collection(mongo).find(tenant, { number, direction, status: 'bound' }, { limit: 2 });
}

export interface RouteSearch extends PageRequest {
  readonly agent?: string | undefined;
  readonly carrierAccount?: string | undefined;
}

export function listRoutes(
  mongo: Mongo,
  tenant: string,
  search: RouteSearch,
): Promise<Page<RouteDocument>> {
  const { agent, carrierAccount, limit, cursor } = search;
  const filter = {
    status: 'bound',
    ...(agent !== undefined && { agent }),
    ...(carrierAccount !== undefined && { carrierAccount }),
  };
  return readPageByTime(collection(mongo), { tenant, filter, by: 'createdAt', limit, cursor });
}

export function countBoundRoutes(
  mongo: Mongo,
  tenant: string,
  of: { readonly agent: string } | { readonly carrierAccount: string },
): Promise<number> {
  return collection(mongo).count(tenant, { ...of, status: 'bound' });
}
