import {
  projectionName,
  projections,
  type EventOf,
  type Role,
  type membershipAggregate,
} from '@trunkline/contracts';
import {
  readPageById,
  trusted,
  type Mongo,
  type Page,
  type PageRequest,
  type ProjectedDocument,
  type Projection,
} from '@trunkline/platform';

export interface MembershipDocument extends ProjectedDocument {
  readonly user: string;
  readonly role: Role;
  readonly joinedAt: string;
}

export const memberships: Projection<MembershipDocument> = {
  definition: projections.memberships,
  documentId: (event) => event.id,
  project: (doc, event) => projectMembership(doc, event as EventOf<typeof membershipAggregate>),
  indexes: [{ keys: { tenant: 1, _id: 1 } }, { keys: { user: 1 } }],
};

function projectMembership(
  doc: MembershipDocument | undefined,
  event: EventOf<typeof membershipAggregate>,
): MembershipDocument | undefined {
  if (event.type === 'membership.added') {
    const { user, role } = event.data;
    return { _id: event.id, tenant: event.tenant, user, role, joinedAt: event.occurredAt };
  }
  if (event.type === 'membership.removed') return undefined;
  return doc && { ...doc, role: event.data.role };
}

export function findMembership(
  mongo: Mongo,
  tenant: string,
  id: string,
): Promise<MembershipDocument | undefined> {
  return collection(mongo).findOne(tenant, { _id: id, ...present });
}

export function listMemberships(
  mongo: Mongo,
  tenant: string,
  page: PageRequest,
): Promise<Page<MembershipDocument>> {
  return readPageById(collection(mongo), { tenant, filter: present, ...page });
}

const present = { user: trusted({ $exists: true }) };

function collection(mongo: Mongo) {
  return mongo.tenantCollection<MembershipDocument>(projectionName(projections.memberships));
}
