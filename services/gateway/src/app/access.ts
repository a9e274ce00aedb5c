import type { Role } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { findMembership } from '../views/memberships.js';
import { findTenant, type TenantDocument } from '../views/tenants.js';
import type { Identity } from './identity.js';
import { membershipId } from './tenancy.js';

export interface Access {
  readonly tenant: TenantDocument;
  readonly role: Role;
}

/**
 * What a person is in a tenant: a member, or, if the tenant is a client, what they are in its
 * agency. Rejects with `auth.no-tenant` or `tenant.suspended`.
 */
export async function accessOf(deps: Identity, user: string, tenantId: string): Promise<Access> {
  const tenant = await findTenant(deps.mongo, tenantId);
  if (!tenant) throw new AppError('auth.no-tenant');
  const role = (await roleIn(deps, user, tenantId)) ?? (await roleInAgency(deps, user, tenant));
  if (!role) throw new AppError('auth.no-tenant');
  if (tenant.suspended) throw new AppError('tenant.suspended');
  return { tenant, role };
}

async function roleIn(deps: Identity, user: string, tenant: string): Promise<Role | undefined> {
  const found = await findMembership(deps.mongo, tenant, membershipId(tenant, user));
  return found?.role;
}

async function roleInAgency(
  deps: Identity,
  user: string,
  client: TenantDocument,
): Promise<Role | undefined> {
  if (client.parent === null) return undefined;
  const agency = await findTenant(deps.mongo, client.parent);
  if (!agency || agency.suspended) return undefined;
  return roleIn(deps, user, client.parent);
}
