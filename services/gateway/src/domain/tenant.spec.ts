import { describe, it } from '@jest/globals';
import { specFor } from '@trunkline/testing';
import { tenant } from './tenant.js';

const given = specFor(tenant);
const created = {
  type: 'tenant.created',
  data: { name: 'Acme', slug: 'acme', parent: null },
} as const;
const suspended = { type: 'tenant.suspended', data: { reason: 'unpaid' } } as const;
const create = { type: 'create', name: 'Acme', slug: 'acme', parent: null } as const;

describe('a tenant', () => {
  it('is created once', () => {
    given([]).when(create).then(created);
    given([created]).when(create).thenRefused('state.conflict');
  });

  it('names the agency it is a client of, and has no clients itself', () => {
    given([])
      .when({ ...create, parent: { id: 'agency', isClient: false } })
      .then({ type: 'tenant.created', data: { name: 'Acme', slug: 'acme', parent: 'agency' } });
    given([])
      .when({ ...create, parent: { id: 'client', isClient: true } })
      .thenRefused('tenant.is-client');
  });

  it('is renamed when the name is another', () => {
    given([created])
      .when({ type: 'rename', name: 'Acme Ltd' })
      .then({ type: 'tenant.renamed', data: { name: 'Acme Ltd' } });
    given([created]).when({ type: 'rename', name: 'Acme' }).then(undefined);
  });

  it('is suspended and resumed once', () => {
    given([created]).when({ type: 'suspend', reason: 'unpaid' }).then(suspended);
    given([created, suspended]).when({ type: 'suspend', reason: 'again' }).then(undefined);
    given([created]).when({ type: 'resume' }).then(undefined);
    given([created, suspended]).when({ type: 'resume' }).then({ type: 'tenant.resumed', data: {} });
  });

  it('has limits and defaults set', () => {
    const limits = { requestsPerMinute: 1, concurrentCalls: 2, callsPerDay: null };
    given([created])
      .when({ type: 'set-limits', limits })
      .then({ type: 'tenant.limits-set', data: { limits } });
    const defaults = tenant.initialState.runtimeDefaults;
    given([created])
      .when({ type: 'set-runtime-defaults', defaults })
      .then({ type: 'tenant.runtime-defaults-set', data: { defaults } });
  });

  it('changes nothing that is not there', () => {
    given([]).when({ type: 'rename', name: 'x' }).thenRefused('request.not-found');
    given([]).when({ type: 'suspend', reason: 'x' }).thenRefused('request.not-found');
  });
});
