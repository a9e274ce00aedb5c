import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';

/** What a tenant may use up; `null` means the platform's own limit. */
export const tenantLimits = z.strictObject({
  requestsPerMinute: z.int().min(1).max(100_000).nullable(),
  concurrentCalls: z.int().min(0).max(100_000).nullable(),
  callsPerDay: z.int().min(0).max(10_000_000).nullable(),
});
export type TenantLimits = z.output<typeof tenantLimits>;

/** What a new agent starts from when its author does not say. */
export const runtimeDefaults = z.strictObject({
  llmProvider: z.string().min(1).max(64).nullable(),
  llmModel: z.string().min(1).max(128).nullable(),
  voice: z.string().min(1).max(128).nullable(),
  language: z.string().min(2).max(35).nullable(),
  promptKey: z.string().min(1).max(128).nullable(),
});
export type RuntimeDefaults = z.output<typeof runtimeDefaults>;

export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$/, 'lower case letters, digits and -, 3 to 48');

export const tenantAggregate = defineAggregate({
  name: 'tenant',
  owner: 'gateway',
  events: {
    'tenant.created': {
      schema: 1,
      says: 'A tenant exists; `parent` names the agency it is a client of.',
      data: z.strictObject({
        name: z.string().min(1).max(120),
        slug: slug.nullable(),
        parent: token.nullable(),
      }),
    },
    'tenant.renamed': {
      schema: 1,
      says: 'The tenant shows another name; its slug stays.',
      data: z.strictObject({ name: z.string().min(1).max(120) }),
    },
    'tenant.limits-set': {
      schema: 1,
      says: 'What the tenant may use up was changed by an agency or an operator.',
      data: z.strictObject({ limits: tenantLimits }),
    },
    'tenant.runtime-defaults-set': {
      schema: 1,
      says: 'What new agents of the tenant start from was changed.',
      data: z.strictObject({ defaults: runtimeDefaults }),
    },
    'tenant.suspended': {
      schema: 1,
      says: 'No person and no key of the tenant gets in until it is resumed.',
      data: z.strictObject({ reason: z.string().min(1).max(200) }),
    },
    'tenant.resumed': {
      schema: 1,
      says: 'A suspended tenant works again.',
      data: z.strictObject({}),
    },
  },
});
export type TenantFact = FactOf<typeof tenantAggregate>;
