import {
  PLATFORM_TENANT,
  projectionName,
  projections,
  type EventOf,
  type userAggregate,
} from '@trunkline/contracts';
import { trusted, type Mongo, type ProjectedDocument, type Projection } from '@trunkline/platform';
import { normaliseEmail } from '../domain/email-address.js';

/** Everything sign-in has to know about a person. */
export interface UserDocument extends ProjectedDocument {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly emailVerified: boolean;
  readonly epoch: number;
}

export const users: Projection<UserDocument> = {
  definition: projections.users,
  documentId: (event) => event.id,
  project: (doc, event) => projectUser(doc, event as EventOf<typeof userAggregate>),
  indexes: [{ keys: { tenant: 1, email: 1 } }],
};

function projectUser(
  doc: UserDocument | undefined,
  event: EventOf<typeof userAggregate>,
): UserDocument | undefined {
  if (event.type === 'user.registered') {
    const email = normaliseEmail(event.data.email);
    return { _id: event.id, tenant: PLATFORM_TENANT, ...event.data, email, epoch: 0 };
  }
  if (!doc) return undefined;
  switch (event.type) {
    case 'user.email-verified':
      return { ...doc, emailVerified: true };
    case 'user.password-changed':
      return { ...doc, passwordHash: event.data.passwordHash, epoch: event.data.epoch };
    case 'user.signed-out-everywhere':
      return { ...doc, epoch: event.data.epoch };
    case 'user.erased':
      return undefined;
    default:
      return doc;
  }
}

export function findUser(mongo: Mongo, id: string): Promise<UserDocument | undefined> {
  return collection(mongo).findOne(PLATFORM_TENANT, { _id: id, email: trusted({ $exists: true }) });
}

export function findUserByEmail(mongo: Mongo, email: string): Promise<UserDocument | undefined> {
  return collection(mongo).findOne(PLATFORM_TENANT, { email: normaliseEmail(email) });
}

export function findUsers(mongo: Mongo, ids: readonly string[]): Promise<UserDocument[]> {
  const filter = { _id: trusted({ $in: [...ids] }), email: trusted({ $exists: true }) };
  return collection(mongo).find(PLATFORM_TENANT, filter, { limit: ids.length || 1 });
}

function collection(mongo: Mongo) {
  return mongo.tenantCollection<UserDocument>(projectionName(projections.users));
}
