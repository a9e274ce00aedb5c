import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { personal, secret } from '../marks.js';

const passwordHash = secret(z.string().min(16).max(512));
/** Sessions remember the epoch they began in; a raised one ends them all. */
const epoch = z.int().min(0);

export const userAggregate = defineAggregate({
  name: 'user',
  owner: 'gateway',
  events: {
    'user.registered': {
      schema: 1,
      says: 'A person has an account; it stands under the tenant token `platform`.',
      data: z.strictObject({
        email: personal(z.email().max(254)),
        name: personal(z.string().min(1).max(120)),
        passwordHash,
        emailVerified: z.boolean(),
      }),
    },
    'user.email-verified': {
      schema: 1,
      says: 'The person proved to read that mailbox.',
      data: z.strictObject({}),
    },
    'user.password-changed': {
      schema: 1,
      says: 'A new password; every session of an earlier epoch has ended.',
      data: z.strictObject({ passwordHash, epoch, reason: z.enum(['changed', 'reset']) }),
    },
    'user.signed-out-everywhere': {
      schema: 1,
      says: 'Every session of an earlier epoch has ended.',
      data: z.strictObject({ epoch }),
    },
    'user.erased': {
      schema: 1,
      says: 'The person is to be forgotten.',
      erases: true,
      data: z.strictObject({}),
    },
  },
});
export type UserFact = FactOf<typeof userAggregate>;
