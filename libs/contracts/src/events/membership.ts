import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';
import { role } from '../principal.js';

export const membershipAggregate = defineAggregate({
  name: 'membership',
  owner: 'gateway',
  events: {
    'membership.added': {
      schema: 1,
      says: 'A person belongs to the tenant; the id is derived from both.',
      data: z.strictObject({ user: token, role, invitation: token.nullable() }),
    },
    'membership.role-changed': {
      schema: 1,
      says: 'The person may do more or less than before.',
      data: z.strictObject({ role }),
    },
    'membership.removed': {
      schema: 1,
      says: 'The person no longer belongs to the tenant, and may be added again.',
      data: z.strictObject({ reason: z.enum(['removed', 'left', 'erased']) }),
    },
  },
});
export type MembershipFact = FactOf<typeof membershipAggregate>;
