import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';

/**
 * Who owns a tenant, in one place: two owners leaving at once would otherwise each see the
 * other one staying.
 */
export const ownershipAggregate = defineAggregate({
  name: 'ownership',
  owner: 'gateway',
  events: {
    'ownership.gained': {
      schema: 1,
      says: 'A person is an owner of the tenant (id: the tenant).',
      data: z.strictObject({ user: token }),
    },
    'ownership.given-up': {
      schema: 1,
      says: 'A person is an owner no longer; refused for the last one.',
      data: z.strictObject({ user: token }),
    },
  },
});
export type OwnershipFact = FactOf<typeof ownershipAggregate>;
