import type { Role, Scope } from './principal.js';

/** Virsyn's five role names: the first part says which kind of tenant the membership is in. */
export const virsynRoles = {
  agency_owner: { tenant: 'agency', role: 'owner' },
  agency_admin: { tenant: 'agency', role: 'admin' },
  agency_member: { tenant: 'agency', role: 'member' },
  client_admin: { tenant: 'client', role: 'admin' },
  client_viewer: { tenant: 'client', role: 'viewer' },
} as const satisfies Record<string, { readonly tenant: 'agency' | 'client'; readonly role: Role }>;
export type VirsynRole = keyof typeof virsynRoles;

/** The nearest of Virsyn's names; it has none for somebody who only looks on in an agency. */
export function virsynRoleOf(role: Role, isClient: boolean): VirsynRole {
  if (isClient) return role === 'owner' || role === 'admin' ? 'client_admin' : 'client_viewer';
  if (role === 'owner') return 'agency_owner';
  return role === 'admin' ? 'agency_admin' : 'agency_member';
}

const viewerPermissions: readonly Scope[] = [
  'tenant:read',
  'members:read',
  'agents:read',
  'routes:read',
  'calls:read',
];
const memberPermissions: readonly Scope[] = ['agents:write', 'calls:create', 'sessions:create'];
const adminPermissions: readonly Scope[] = [
  'tenant:write',
  'members:write',
  'routes:write',
  'credentials:read',
  'credentials:write',
  'audit:read',
];

/** What a signed-in person may do, for clients that hide what is not allowed. */
export function permissionsOf(role: Role): Scope[] {
  const member = [...viewerPermissions, ...memberPermissions];
  if (role === 'viewer') return [...viewerPermissions];
  return role === 'member' ? member : [...member, ...adminPermissions];
}
