import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';
import { personal } from '../marks.js';

export const phoneNumber = z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'a number like +15551230001');
export const routeDirections = ['inbound', 'outbound'] as const;
/** `null`: whatever version is live when the call begins. */
export const pinnedVersion = z.int().min(1).max(100_000).nullable();

const target = { agent: token, version: pinnedVersion };

export const routeAggregate = defineAggregate({
  name: 'route',
  owner: 'agents',
  events: {
    'route.bound': {
      schema: 1,
      says: 'A number of a carrier account belongs to an agent, in one direction; the id is derived from the three.',
      data: z.strictObject({
        carrierAccount: token,
        number: personal(phoneNumber),
        direction: z.enum(routeDirections),
        ...target,
      }),
    },
    'route.rebound': {
      schema: 1,
      says: 'The number belongs to another agent or version.',
      data: z.strictObject(target),
    },
    'route.released': {
      schema: 1,
      says: 'The number belongs to nobody and may be bound again.',
      data: z.strictObject({}),
    },
  },
});
export type RouteFact = FactOf<typeof routeAggregate>;
