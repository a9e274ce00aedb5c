import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { secret } from '../marks.js';
import { keyKind, scope } from '../principal.js';

const keyHash = secret(z.string().length(64));
const lastFour = z.string().length(4);

export const apikeyAggregate = defineAggregate({
  name: 'apikey',
  owner: 'gateway',
  events: {
    'apikey.issued': {
      schema: 1,
      says: 'A machine may speak for the tenant; only the sha256 of the key is kept.',
      data: z.strictObject({
        name: z.string().min(1).max(80),
        kind: keyKind,
        scopes: z.array(scope).min(1).max(32),
        keyHash,
        lastFour,
        expiresAt: z.iso.datetime().nullable(),
      }),
    },
    'apikey.rotated': {
      schema: 1,
      says: 'The key has a new secret; the old one works until `previousUntil`.',
      data: z.strictObject({
        keyHash,
        lastFour,
        generation: z.int().min(2),
        previousUntil: z.iso.datetime(),
      }),
    },
    'apikey.revoked': {
      schema: 1,
      says: 'The key works no longer.',
      terminal: true,
      data: z.strictObject({}),
    },
  },
});
export type ApikeyFact = FactOf<typeof apikeyAggregate>;
