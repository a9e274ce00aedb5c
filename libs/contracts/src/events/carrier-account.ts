import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { carriers } from '../providers.js';
import { credentialLabel } from './credential.js';
import { checkResult, lastFour, sealedSecrets } from './sealed-secret.js';

/** The carrier's own id of the account; it stands in URLs, so nothing else may. */
export const carrierAccountId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'an account id');
/** An Ed25519 key, 32 bytes in base64. */
export const webhookPublicKey = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64');

export const carrierAccountAggregate = defineAggregate({
  name: 'carrier-account',
  owner: 'agents',
  events: {
    'carrier-account.saved': {
      schema: 1,
      says: 'An account with a carrier is kept, its secrets encrypted.',
      data: z.strictObject({
        carrier: z.enum(carriers),
        label: credentialLabel,
        accountId: carrierAccountId.nullable(),
        publicKey: webhookPublicKey.nullable(),
        sealed: sealedSecrets,
        lastFour,
      }),
    },
    'carrier-account.rotated': {
      schema: 1,
      says: 'Its secrets were replaced.',
      data: z.strictObject({
        publicKey: webhookPublicKey.nullable(),
        sealed: sealedSecrets,
        lastFour,
        generation: z.int().min(2),
      }),
    },
    'carrier-account.tested': {
      schema: 1,
      says: 'The carrier was asked once whether it accepts the secrets.',
      data: checkResult,
    },
    'carrier-account.removed': {
      schema: 1,
      says: 'The account is gone for good.',
      erases: true,
      data: z.strictObject({}),
    },
  },
});
export type CarrierAccountFact = FactOf<typeof carrierAccountAggregate>;
