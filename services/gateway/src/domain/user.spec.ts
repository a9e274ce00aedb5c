import { describe, it } from '@jest/globals';
import { specFor } from '@trunkline/testing';
import { user } from './user.js';

const given = specFor(user);
const person = {
  email: 'ann@example.com',
  name: 'Ann',
  passwordHash: 'hash-of-a-password',
  emailVerified: false,
};
const registered = { type: 'user.registered', data: person } as const;
const erased = { type: 'user.erased', data: {} } as const;
const verified = { type: 'user.email-verified', data: {} } as const;

describe('a user', () => {
  it('registers once, and not again after being forgotten', () => {
    given([])
      .when({ type: 'register', ...person })
      .then(registered);
    given([registered])
      .when({ type: 'register', ...person })
      .thenRefused('email.taken');
    given([registered, erased])
      .when({ type: 'register', ...person })
      .thenRefused('email.taken');
  });

  it('verifies the address once', () => {
    given([registered]).when({ type: 'verify-email' }).then(verified);
    given([registered, verified]).when({ type: 'verify-email' }).then(undefined);
  });

  it('ends all sessions with every new password and every sign-out everywhere', () => {
    const out = { type: 'user.signed-out-everywhere', data: { epoch: 1 } } as const;
    given([registered]).when({ type: 'sign-out-everywhere' }).then(out);
    const passwordHash = 'hash-of-another-one';
    given([registered, out])
      .when({ type: 'change-password', passwordHash, reason: 'reset' })
      .then({ type: 'user.password-changed', data: { passwordHash, reason: 'reset', epoch: 2 } });
  });

  it('is forgotten once and does nothing afterwards', () => {
    given([registered]).when({ type: 'erase' }).then(erased);
    given([registered, erased]).when({ type: 'erase' }).then(undefined);
    given([registered, erased])
      .when({ type: 'sign-out-everywhere' })
      .thenRefused('request.not-found');
    given([]).when({ type: 'erase' }).thenRefused('request.not-found');
  });
});
