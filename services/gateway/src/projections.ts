import { keyKinds, roles } from '@trunkline/contracts';
import type { ProjectedDocument, Projection, ViewEnums } from '@trunkline/platform';
import { apiKeys } from './views/api-keys.js';
import { audit } from './views/audit.js';
import { clients } from './views/clients.js';
import { invitations } from './views/invitations.js';
import { memberships } from './views/memberships.js';
import { tenants } from './views/tenants.js';
import { users } from './views/users.js';

/** Every read model of the gateway, for the projector, `rebuild` and `verify`. */
export const projections: readonly Projection<ProjectedDocument>[] = [
  tenants,
  clients,
  users,
  memberships,
  invitations,
  apiKeys,
  audit,
];

export const viewEnums: ViewEnums = {
  memberships: { role: roles },
  invitations: { role: roles, state: ['open', 'accepted', 'revoked'] },
  'api-keys': { kind: keyKinds },
};
