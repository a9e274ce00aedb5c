import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';
import { personal, secret } from '../marks.js';
import { role } from '../principal.js';

export const invitationAggregate = defineAggregate({
  name: 'invitation',
  owner: 'gateway',
  events: {
    'invitation.issued': {
      schema: 1,
      says: 'Somebody was invited by mail; only the hash of the link is kept.',
      data: z.strictObject({
        email: personal(z.email().max(254)),
        role,
        tokenHash: secret(z.string().length(64)),
        expiresAt: z.iso.datetime(),
      }),
    },
    'invitation.accepted': {
      schema: 1,
      says: 'The invited person followed the link.',
      terminal: true,
      data: z.strictObject({ user: token }),
    },
    'invitation.revoked': {
      schema: 1,
      says: 'The link works no longer.',
      terminal: true,
      data: z.strictObject({}),
    },
    'invitation.erased': {
      schema: 1,
      says: 'The invited address is to be forgotten.',
      terminal: true,
      erases: true,
      data: z.strictObject({}),
    },
  },
});
export type InvitationFact = FactOf<typeof invitationAggregate>;
