import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { secret } from '../marks.js';

const keyId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const wrapped = secret(z.string().min(1).max(1024));

export const datakeyAggregate = defineAggregate({
  name: 'datakey',
  owner: 'agents',
  events: {
    'datakey.created': {
      schema: 1,
      says: "The tenant has a key of its own (id: the tenant), wrapped by the platform's.",
      data: z.strictObject({ kid: keyId, masterKid: keyId, wrapped }),
    },
    'datakey.rewrapped': {
      schema: 1,
      says: 'The same key, wrapped by a newer key of the platform.',
      data: z.strictObject({ kid: keyId, masterKid: keyId, wrapped }),
    },
  },
});
export type DatakeyFact = FactOf<typeof datakeyAggregate>;
