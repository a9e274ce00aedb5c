import { projectionName, projections, type Actor } from '@trunkline/contracts';
import {
  readPageById,
  trusted,
  type Mongo,
  type Page,
  type PageRequest,
  type ProjectedDocument,
  type Projection,
} from '@trunkline/platform';

/**
 * That something changed, by whom and when. What changed is read from the log when asked
 * for, so that nothing personal is kept a second time here.
 */
export interface AuditDocument extends ProjectedDocument {
  readonly aggregate: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly at: string;
  readonly actor: Actor;
  readonly correlationId: string;
}

export const audit: Projection<AuditDocument> = {
  definition: projections.audit,
  perEvent: true,
  documentId: (event) => event.eventId,
  project: (_, event) => ({
    _id: event.eventId,
    tenant: event.tenant,
    aggregate: event.aggregate,
    aggregateId: event.id,
    version: event.v,
    type: event.type,
    at: event.occurredAt,
    actor: event.actor,
    correlationId: event.correlationId,
  }),
  indexes: [
    { keys: { tenant: 1, _id: -1 } },
    { keys: { tenant: 1, 'actor.id': 1, _id: -1 } },
    { keys: { tenant: 1, aggregate: 1, aggregateId: 1, _id: -1 } },
    { keys: { tenant: 1, type: 1, _id: -1 } },
  ],
};

export interface AuditQuery extends PageRequest {
  readonly actor?: string | undefined;
  readonly aggregate?: string | undefined;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function listAudit(
  mongo: Mongo,
  tenant: string,
  query: AuditQuery,
): Promise<Page<AuditDocument>> {
  const collection = mongo.tenantCollection<AuditDocument>(projectionName(projections.audit));
  const { limit, cursor } = query;
  return readPageById(collection, {
    tenant,
    filter: filterOf(query),
    newestFirst: true,
    limit,
    cursor,
  });
}

function filterOf(query: AuditQuery): Record<string, unknown> {
  const at = {
    ...(query.from === undefined ? {} : { $gte: query.from }),
    ...(query.to === undefined ? {} : { $lt: query.to }),
  };
  return {
    ...(query.actor === undefined ? {} : { 'actor.id': query.actor }),
    ...(query.aggregate === undefined ? {} : { aggregate: query.aggregate }),
    ...(query.id === undefined ? {} : { aggregateId: query.id }),
    ...(query.type === undefined ? {} : { type: query.type }),
    ...(Object.keys(at).length === 0 ? {} : { at: trusted(at) }),
  };
}
