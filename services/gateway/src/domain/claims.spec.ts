import { describe, expect, it } from '@jest/globals';
import { fold } from '@trunkline/kernel';
import { specFor } from '@trunkline/testing';
import { emailClaim, slugClaim } from './claims.js';

const claimed = { type: 'email-claim.claimed', data: { user: 'u1' } } as const;
const released = { type: 'email-claim.released', data: {} } as const;

describe('a claim', () => {
  it('has one holder, who is known to whoever comes second', () => {
    const given = specFor(emailClaim);
    given([]).when({ type: 'claim', holder: 'u1' }).then(claimed);
    given([claimed]).when({ type: 'claim', holder: 'u2' }).then(undefined);
    expect(fold(emailClaim, [claimed])).toEqual({ holder: 'u1' });
  });

  it('is released by its holder only, and free afterwards', () => {
    const given = specFor(emailClaim);
    given([claimed]).when({ type: 'release', holder: 'u2' }).then(undefined);
    given([claimed]).when({ type: 'release', holder: 'u1' }).then(released);
    given([claimed, released])
      .when({ type: 'claim', holder: 'u2' })
      .then({ type: 'email-claim.claimed', data: { user: 'u2' } });
  });

  it('works the same for slugs', () => {
    const given = specFor(slugClaim);
    const held = { type: 'slug-claim.claimed', data: { holder: 't1' } } as const;
    given([]).when({ type: 'claim', holder: 't1' }).then(held);
    given([held]).when({ type: 'claim', holder: 't2' }).then(undefined);
    given([held])
      .when({ type: 'release', holder: 't1' })
      .then({ type: 'slug-claim.released', data: {} });
  });
});
