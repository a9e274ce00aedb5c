import { z } from 'zod';
import { token } from './envelope.js';

export const roles = ['viewer', 'member', 'admin', 'owner'] as const;
export const role = z.enum(roles);
export type Role = z.output<typeof role>;

export function hasRole(actual: Role, needed: Role): boolean {
  return roles.indexOf(actual) >= roles.indexOf(needed);
}

export const keyKinds = ['runtime', 'admin'] as const;
export const keyKind = z.enum(keyKinds);
export type KeyKind = z.output<typeof keyKind>;

/** What an API key may do. A runtime scope never opens an admin route, nor the other way. */
export const runtimeScopes = [
  'agents:read',
  'calls:create',
  'calls:read',
  'sessions:create',
] as const;
export const adminScopes = [
  'tenant:read',
  'tenant:write',
  'members:read',
  'members:write',
  'agents:read',
  'agents:write',
  'routes:read',
  'routes:write',
  'credentials:read',
  'credentials:write',
  'audit:read',
] as const;
export const scope = z.enum([...new Set([...runtimeScopes, ...adminScopes])] as [
  Scope,
  ...Scope[],
]);
export type Scope = (typeof runtimeScopes)[number] | (typeof adminScopes)[number];

/** Who asks. Signed by the gateway, travels with every request, checked again by each service. */
export const principal = z.strictObject({
  kind: z.enum(['user', 'apikey', 'service', 'operator']),
  id: token,
  tenant: token,
  role,
  scopes: z.array(scope),
  keyKind: keyKind.optional(),
});
export type Principal = z.output<typeof principal>;
