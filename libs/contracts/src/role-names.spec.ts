import { describe, expect, it } from '@jest/globals';
import { hasRole, roles } from './principal.js';
import { permissionsOf, virsynRoleOf, virsynRoles } from './role-names.js';

describe('the names of roles', () => {
  it.each(roles)('V26 %s has a name in an agency and in a client that grants no more', (role) => {
    for (const isClient of [false, true]) {
      const name = virsynRoles[virsynRoleOf(role, isClient)];
      expect(name.tenant).toBe(isClient ? 'client' : 'agency');
      const isBelowEveryName = role === 'viewer' && !isClient;
      expect(isBelowEveryName || hasRole(role, name.role)).toBe(true);
    }
  });

  it('V26 every higher role may do all that a lower one may', () => {
    for (const [index, role] of roles.entries()) {
      const lower = roles.slice(0, index).flatMap((one) => permissionsOf(one));
      expect(permissionsOf(role)).toEqual(expect.arrayContaining(lower));
      expect(new Set(permissionsOf(role)).size).toBe(permissionsOf(role).length);
    }
    expect(permissionsOf('viewer').filter((scope) => !scope.endsWith(':read'))).toEqual([]);
  });
});
