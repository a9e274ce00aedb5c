import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { aiProviders } from '../providers.js';
import { checkResult, lastFour, sealedSecrets } from './sealed-secret.js';

export const credentialLabel = z.string().trim().min(1).max(80);

export const credentialAggregate = defineAggregate({
  name: 'credential',
  owner: 'agents',
  events: {
    'credential.saved': {
      schema: 1,
      says: 'A key for a provider of speech or language is kept, encrypted.',
      data: z.strictObject({
        provider: z.enum(aiProviders),
        label: credentialLabel,
        sealed: sealedSecrets,
        lastFour,
      }),
    },
    'credential.rotated': {
      schema: 1,
      says: 'The key was replaced.',
      data: z.strictObject({ sealed: sealedSecrets, lastFour, generation: z.int().min(2) }),
    },
    'credential.tested': {
      schema: 1,
      says: 'The provider was asked once whether it accepts the key.',
      data: checkResult,
    },
    'credential.removed': {
      schema: 1,
      says: 'The key is gone for good.',
      erases: true,
      data: z.strictObject({}),
    },
  },
});
export type CredentialFact = FactOf<typeof credentialAggregate>;
