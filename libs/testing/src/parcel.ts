import {
  defineAggregate,
  EventCatalogue,
  personal,
  secret,
  type FactOf,
} from '@trunkline/contracts';
import { AppError, type Decider } from '@trunkline/kernel';
import { z } from 'zod';

/** A small aggregate with everything the log knows: marks, an old schema, an end, an erasure. */
export const parcelAggregate = defineAggregate({
  name: 'parcel',
  owner: 'agents',
  events: {
    'parcel.posted': {
      schema: 2,
      says: 'A parcel was handed in.',
      data: z.strictObject({
        recipient: personal(z.string().min(1)),
        pin: secret(z.string().min(4)),
        grams: z.int().positive(),
      }),
      previous: {
        1: {
          data: z.strictObject({
            recipient: personal(z.string().min(1)),
            pin: secret(z.string().min(4)),
            kilograms: z.number().positive(),
          }),
          upcast: ({ kilograms, ...rest }) => ({
            ...rest,
            grams: Math.round(Number(kilograms) * 1_000),
          }),
        },
      },
    },
    'parcel.moved': {
      schema: 1,
      says: 'It reached another place.',
      data: z.strictObject({ place: z.string().min(1) }),
    },
    'parcel.delivered': {
      schema: 1,
      says: 'It was handed over; nothing follows.',
      terminal: true,
      data: z.strictObject({ signedBy: personal(z.string().min(1)) }),
    },
    'parcel.erased': {
      schema: 1,
      says: 'The recipient is to be forgotten.',
      erases: true,
      data: z.strictObject({}),
    },
  },
});
export type ParcelFact = FactOf<typeof parcelAggregate>;

export const parcelCatalogue = new EventCatalogue([parcelAggregate]);

export interface ParcelState {
  readonly status: 'none' | 'posted' | 'delivered';
  readonly places: readonly string[];
}

export type ParcelCommand =
  | { readonly kind: 'post'; readonly recipient: string; readonly grams: number }
  | { readonly kind: 'move'; readonly place: string }
  | { readonly kind: 'deliver'; readonly signedBy: string }
  | { readonly kind: 'erase' };

export const parcelDecider: Decider<ParcelState, ParcelCommand, ParcelFact> = {
  initialState: { status: 'none', places: [] },
  decide(state, command) {
    if (command.kind === 'erase') return { type: 'parcel.erased', data: {} };
    if (command.kind === 'post') return post(state, command);
    if (state.status !== 'posted') throw new AppError('state.conflict');
    if (command.kind === 'deliver') {
      return { type: 'parcel.delivered', data: { signedBy: command.signedBy } };
    }
    if (state.places.at(-1) === command.place) return undefined;
    return { type: 'parcel.moved', data: { place: command.place } };
  },
  evolve(state, event) {
    if (event.type === 'parcel.posted') return { ...state, status: 'posted' };
    if (event.type === 'parcel.delivered') return { ...state, status: 'delivered' };
    if (event.type === 'parcel.erased') return state;
    return { ...state, places: [...state.places, event.data.place] };
  },
};

function post(state: ParcelState, command: Extract<ParcelCommand, { kind: 'post' }>): ParcelFact {
  if (state.status !== 'none') throw new AppError('state.conflict');
  const data = { recipient: command.recipient, pin: '0000', grams: command.grams };
  return { type: 'parcel.posted', data };
}

/** Facts ready to append. */
export const parcel = {
  posted: (recipient = 'Ada', grams = 500): ParcelFact => ({
    type: 'parcel.posted',
    data: { recipient, pin: '0000', grams },
  }),
  moved: (place = 'Utrecht'): ParcelFact => ({ type: 'parcel.moved', data: { place } }),
  delivered: (signedBy = 'Ada'): ParcelFact => ({ type: 'parcel.delivered', data: { signedBy } }),
  erased: (): ParcelFact => ({ type: 'parcel.erased', data: {} }),
} as const;
