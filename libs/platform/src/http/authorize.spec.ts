import { describe, expect, it } from '@jest/globals';
import { agentsRoutes, identityRoutes, type KeyKind, type Principal } from '@trunkline/contracts';
import { authorize } from './authorize.js';

const routes = Object.entries({ ...identityRoutes, ...agentsRoutes });
const guarded = routes.filter(([, { access }]) => access.kind === 'protected');

describe('authorize', () => {
  it.each(guarded)('V24 opens %s to no service, whatever role and scopes it names', (_, route) => {
    const { access } = route;
    if (access.kind !== 'protected') return;
    const service: Principal = {
      kind: 'service',
      id: 'agents',
      tenant: 'platform',
      role: 'owner',
      scopes: access.key ? [access.key.scope] : [],
      ...(access.key && { keyKind: access.key.kinds[0] as KeyKind }),
    };
    expect(() => authorize(service, access)).toThrow(
      expect.objectContaining({ code: 'auth.forbidden' }),
    );
  });
});
