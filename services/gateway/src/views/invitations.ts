import {
  projectionName,
  projections,
  type EventOf,
  type Role,
  type invitationAggregate,
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
import { normaliseEmail } from '../domain/email-address.js';

export interface InvitationDocument extends ProjectedDocument {
  readonly email: string;
  readonly role: Role;
  readonly state: 'open' | 'accepted' | 'revoked';
  readonly issuedAt: string;
  readonly expiresAt: string;
}

export const invitations: Projection<InvitationDocument> = {
  definition: projections.invitations,
  documentId: (event) => event.id,
  project: (doc, event) => projectInvitation(doc, event as EventOf<typeof invitationAggregate>),
  indexes: [{ keys: { tenant: 1, _id: 1 } }, { keys: { email: 1, _id: 1 } }],
};

function projectInvitation(
  doc: InvitationDocument | undefined,
  event: EventOf<typeof invitationAggregate>,
): InvitationDocument | undefined {
  if (event.type === 'invitation.issued') {
    const { role, expiresAt } = event.data;
    const email = normaliseEmail(event.data.email);
    const rest = { email, role, expiresAt, issuedAt: event.occurredAt };
    return { _id: event.id, tenant: event.tenant, state: 'open', ...rest };
  }
  if (event.type === 'invitation.erased') return undefined;
  const state = event.type === 'invitation.accepted' ? 'accepted' : 'revoked';
  return doc && { ...doc, state };
}

export function listInvitations(
  mongo: Mongo,
  tenant: string,
  page: PageRequest,
): Promise<Page<InvitationDocument>> {
  const collection = mongo.tenantCollection<InvitationDocument>(
    projectionName(projections.invitations),
  );
  const filter = { email: trusted({ $exists: true }) };
  return readPageById(collection, { tenant, filter, newestFirst: true, ...page });
}
