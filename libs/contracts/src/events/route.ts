import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { token } from '../envelope.js';
import { personal } from '../marks.js';

export const phoneNumber = z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'a number like +15551230001');
export const routeDirections = ['inbound', 'outbound'] as const;
/** `null`: whatever version is live when the call begins. */
export const pinnedVersion = z.int().min(1).max(100_000).nullable();

/** What each carrier's own voice speaks; other languages need an agent. */
export const noticeLanguages = [
  'da-DK',
  'de-DE',
  'en-AU',
  'en-GB',
  'en-US',
  'es-ES',
  'fr-CA',
  'fr-FR',
  'it-IT',
  'nl-NL',
  'pl-PL',
  'pt-BR',
  'pt-PT',
  'ru-RU',
  'sv-SE',
] as const;

/** What a caller gets when no pod has room; `null`: a spoken busy. */
export const whenNoRoom = z
  .discriminatedUnion('do', [
    z.strictObject({
      do: z.literal('say'),
      text: z.string().trim().min(1).max(500),
      language: z.enum(noticeLanguages).default('en-US'),
    }),
    z.strictObject({ do: z.literal('forward'), to: phoneNumber }),
  ])
  .nullable();
export type WhenNoRoom = z.output<typeof whenNoRoom>;

const target = {
  agent: token,
  version: pinnedVersion,
  /** Left out in events of before there was a choice: none. */
  whenNoRoom: personal(whenNoRoom, null).optional(),
};

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
