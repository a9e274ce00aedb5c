import { hasRole, type Principal, type RouteAccess } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';

/** Rejects with `auth.forbidden` unless the route is open to this role or this key. */
export function authorize(principal: Principal, access: RouteAccess): void {
  if (access.kind === 'public') return;
  if (principal.kind === 'apikey') return authorizeKey(principal, access.key);
  const isPerson = principal.kind === 'user' || principal.kind === 'operator';
  if (isPerson && access.role !== null && hasRole(principal.role, access.role)) return;
  throw new AppError('auth.forbidden', { details: access.role ? { role: access.role } : {} });
}

type KeyAccess = Extract<RouteAccess, { kind: 'protected' }>['key'];

function authorizeKey(principal: Principal, access: KeyAccess): void {
  if (access === null) throw new AppError('auth.forbidden', { details: { keys: 'none' } });
  const { keyKind, scopes } = principal;
  const isRightKind = keyKind !== undefined && access.kinds.includes(keyKind);
  if (isRightKind && scopes.includes(access.scope)) return;
  throw new AppError('auth.forbidden', {
    details: { keyKinds: [...access.kinds], scope: access.scope },
  });
}
