import type { Carrier, CarrierAccountFact } from '@trunkline/contracts';
import { assertNever, type Decider } from '@trunkline/kernel';
import {
  assertKept,
  noSecret,
  removed,
  rotated,
  saved,
  type NewSecret,
  type SealedCommand,
  type SealedState,
} from './sealed-secret.js';

export interface CarrierAccountState extends SealedState {
  readonly carrier: Carrier | undefined;
  readonly accountId: string | null;
  readonly publicKey: string | null;
}

/** Without a public key the one there is stays. */
export interface NewCarrierSecret extends NewSecret {
  readonly publicKey?: string | undefined;
}
export type CarrierAccountCommand = SealedCommand<NewCarrierSecret>;

export const carrierAccountDecider: Decider<
  CarrierAccountState,
  CarrierAccountCommand,
  CarrierAccountFact
> = {
  initialState: { ...noSecret, carrier: undefined, accountId: null, publicKey: null },

  decide(state, command) {
    if (command.do === 'remove' && state.removed) return undefined;
    assertKept(state);
    switch (command.do) {
      case 'rotate': {
        const { sealed, lastFour } = command.secret;
        const publicKey = command.secret.publicKey ?? state.publicKey;
        const generation = state.generation + 1;
        return {
          type: 'carrier-account.rotated',
          data: { publicKey, sealed, lastFour, generation },
        };
      }
      case 'record-test':
        return { type: 'carrier-account.tested', data: command.result };
      case 'remove':
        return { type: 'carrier-account.removed', data: {} };
      default:
        return assertNever(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'carrier-account.saved': {
        const { carrier, accountId, publicKey, sealed } = event.data;
        return { ...state, ...saved(state, sealed), carrier, accountId, publicKey };
      }
      case 'carrier-account.rotated':
        return { ...state, ...rotated(state, event.data), publicKey: event.data.publicKey };
      case 'carrier-account.tested':
        return state;
      case 'carrier-account.removed':
        return { ...state, ...removed(state) };
      default:
        return assertNever(event);
    }
  },
};
