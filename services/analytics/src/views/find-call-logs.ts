import { projectionName, projections } from '@trunkline/contracts';
import {
  readPageByTime,
  trusted,
  type Mongo,
  type Page,
  type PageRequest,
  type TenantCollection,
  type TenantFilter,
} from '@trunkline/platform';
import type { CallLogDocument } from './call-log-document.js';
import type { CallState } from '../domain/call-state.js';

function collection(mongo: Mongo): TenantCollection<CallLogDocument> {
  return mongo.tenantCollection<CallLogDocument>(projectionName(projections.callLogs));
}

export function findCallLog(
  mongo: Mongo,
  tenant: string,
  id: string,
): Promise<CallLogDocument | undefined> {
  return collection(mongo).findOne(tenant, { _id: id, createdAt: trusted({ $exists: true }) });
}

export interface CallSearch extends PageRequest {
  readonly agent?: string | undefined;
  readonly campaign?: string | undefined;
  readonly status?: CallState | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export function listCallLogs(
  mongo: Mongo,
  tenant: string,
  search: CallSearch,
): Promise<Page<CallLogDocument>> {
  const { agent, campaign, status, since, until, limit, cursor } = search;
  const range = {
    ...(since !== undefined && { $gte: since }),
    ...(until !== undefined && { $lt: until }),
  };
  const within = Object.keys(range).length === 0 ? [] : [{ createdAt: trusted(range) }];
  const wanted: Record<string, unknown> = {
    ...(agent !== undefined && { agent }),
    ...(campaign !== undefined && { campaign }),
    ...(status !== undefined && { status }),
    ...(within.length > 0 && { $and: within }),
  };
  const filter = wanted as TenantFilter<CallLogDocument>;
  return readPageByTime(collection(mongo), { tenant, filter, by: 'createdAt', limit, cursor });
}
