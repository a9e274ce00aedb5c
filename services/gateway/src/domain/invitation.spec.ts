import { describe, it } from '@jest/globals';
import { specFor } from '@trunkline/testing';
import { invitation, INVITATION_LIFETIME_MS } from './invitation.js';

const given = specFor(invitation);
const nowMs = Date.parse('2026-11-21T09:00:00.000Z');
const offer = { email: 'bob@example.com', role: 'member', tokenHash: 'a'.repeat(64) } as const;
const issued = {
  type: 'invitation.issued',
  data: { ...offer, expiresAt: '2026-11-28T09:00:00.000Z' },
} as const;
const accepted = { type: 'invitation.accepted', data: { user: 'u1' } } as const;
const revoked = { type: 'invitation.revoked', data: {} } as const;
const accept = { type: 'accept', user: 'u1', nowMs } as const;

describe('an invitation', () => {
  it('lasts seven days; only an owner invites an owner', () => {
    given([])
      .when({ type: 'issue', ...offer, nowMs, by: 'admin' })
      .then(issued);
    given([])
      .when({ type: 'issue', ...offer, role: 'owner', nowMs, by: 'admin' })
      .thenRefused('auth.forbidden');
  });

  it('is accepted once; the same person again changes nothing', () => {
    given([issued]).when(accept).then(accepted);
    given([issued, accepted]).when(accept).then(undefined);
    given([issued, accepted])
      .when({ ...accept, user: 'u2' })
      .thenRefused('auth.link-spent');
    given([]).when(accept).thenRefused('request.not-found');
  });

  it('is worth nothing once it is too old, revoked or forgotten', () => {
    const late = { ...accept, nowMs: nowMs + INVITATION_LIFETIME_MS };
    given([issued]).when(late).thenRefused('auth.link-spent');
    given([issued])
      .when({ ...late, nowMs: late.nowMs - 1 })
      .then(accepted);
    given([issued, revoked]).when(accept).thenRefused('auth.link-spent');
    given([issued, { type: 'invitation.erased', data: {} }])
      .when(accept)
      .thenRefused('auth.link-spent');
  });

  it('is revoked once, and not after it was accepted', () => {
    given([issued]).when({ type: 'revoke' }).then(revoked);
    given([issued, revoked]).when({ type: 'revoke' }).then(undefined);
    given([issued, accepted]).when({ type: 'revoke' }).thenRefused('invitation.closed');
  });

  it('is forgotten once', () => {
    const erased = { type: 'invitation.erased', data: {} } as const;
    given([issued, accepted]).when({ type: 'erase' }).then(erased);
    given([issued, erased]).when({ type: 'erase' }).then(undefined);
  });
});
