import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';

/** The id is the hash of the e-mail address: creating it twice is impossible. */
export const emailClaimAggregate = defineAggregate({
  name: 'email-claim',
  owner: 'gateway',
  events: {
    'email-claim.claimed': {
      schema: 1,
      says: 'The address belongs to this account.',
      data: z.strictObject({ user: token }),
    },
    'email-claim.released': {
      schema: 1,
      says: 'The address is free again.',
      data: z.strictObject({}),
    },
  },
});
export type EmailClaimFact = FactOf<typeof emailClaimAggregate>;

/** The id is the hash of the slug. */
export const slugClaimAggregate = defineAggregate({
  name: 'slug-claim',
  owner: 'gateway',
  events: {
    'slug-claim.claimed': {
      schema: 1,
      says: 'The short name belongs to this tenant.',
      data: z.strictObject({ holder: token }),
    },
    'slug-claim.released': {
      schema: 1,
      says: 'The short name is free again.',
      data: z.strictObject({}),
    },
  },
});
export type SlugClaimFact = FactOf<typeof slugClaimAggregate>;
