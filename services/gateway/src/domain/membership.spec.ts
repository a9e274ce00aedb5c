import { describe, it } from '@jest/globals';
import { specFor } from '@trunkline/testing';
import { membership } from './membership.js';

const given = specFor(membership);
const added = (role: 'owner' | 'admin' | 'member', invitation: string | null = 'i1') =>
  ({ type: 'membership.added', data: { user: 'u1', role, invitation } }) as const;
const removed = { type: 'membership.removed', data: { reason: 'removed' } } as const;

describe('a membership', () => {
  it('is added once; the same again changes nothing', () => {
    const add = { type: 'add', user: 'u1', role: 'member', invitation: 'i1' } as const;
    given([]).when(add).then(added('member'));
    given([added('member')])
      .when(add)
      .then(undefined);
    given([added('member')])
      .when({ ...add, invitation: 'i2' })
      .thenRefused('member.exists');
    given([added('member')])
      .when({ ...add, role: 'admin' })
      .thenRefused('member.exists');
  });

  it('comes back after a removal by a new invitation, not by the old link', () => {
    const add = { type: 'add', user: 'u1', role: 'member', invitation: 'i1' } as const;
    given([added('member'), removed])
      .when(add)
      .thenRefused('auth.link-spent');
    given([added('member'), removed])
      .when({ ...add, invitation: 'i2' })
      .then(added('member', 'i2'));
    given([added('member', null), removed])
      .when({ ...add, invitation: null })
      .then(added('member', null));
  });

  it('V26 gets another role from an admin, but owners only from owners', () => {
    given([added('member')])
      .when({ type: 'change-role', role: 'admin', by: 'admin' })
      .then({ type: 'membership.role-changed', data: { role: 'admin' } });
    given([added('member')])
      .when({ type: 'change-role', role: 'member', by: 'admin' })
      .then(undefined);
    given([added('member')])
      .when({ type: 'change-role', role: 'owner', by: 'admin' })
      .thenRefused('auth.forbidden');
    given([added('owner')])
      .when({ type: 'change-role', role: 'viewer', by: 'admin' })
      .thenRefused('auth.forbidden');
    given([added('owner')])
      .when({ type: 'change-role', role: 'viewer', by: 'owner' })
      .then({ type: 'membership.role-changed', data: { role: 'viewer' } });
  });

  it('V28 is removed by an admin, left by the person, and an owner goes only by an owner', () => {
    given([added('member')])
      .when({ type: 'remove', reason: 'removed', by: 'admin' })
      .then(removed);
    given([added('owner')])
      .when({ type: 'remove', reason: 'removed', by: 'admin' })
      .thenRefused('auth.forbidden');
    given([added('owner')])
      .when({ type: 'remove', reason: 'left', by: null })
      .then({ type: 'membership.removed', data: { reason: 'left' } });
    given([added('member'), removed])
      .when({ type: 'remove', reason: 'removed', by: 'owner' })
      .thenRefused('request.not-found');
  });
});
