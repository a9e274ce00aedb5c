import type { KeyKind, Role, Scope } from '../principal.js';
import type { RouteAccess } from './define-route.js';

/** Open to everybody, for the reason given. */
export function open(why: string): RouteAccess {
  return { kind: 'public', why };
}

/** For signed-in people only; no API key gets in. */
export function people(role: Role): RouteAccess {
  return { kind: 'protected', role, key: null };
}

/** For people of that role, and for admin keys with the scope. */
export function admins(role: Role, scope: Scope): RouteAccess {
  return peopleAndKeys(role, scope, ['admin']);
}

export function peopleAndKeys(role: Role, scope: Scope, kinds: readonly KeyKind[]): RouteAccess {
  return { kind: 'protected', role, key: { kinds, scope } };
}
