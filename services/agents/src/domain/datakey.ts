import type { DatakeyFact } from '@trunkline/contracts';
import { AppError, type Decider } from '@trunkline/kernel';

export interface WrappedKey {
  readonly kid: string;
  readonly masterKid: string;
  readonly wrapped: string;
}

export interface DatakeyState {
  readonly key: WrappedKey | undefined;
}

export type DatakeyCommand =
  /** Whoever comes first makes it; everybody uses that one. */
  | { readonly do: 'create'; readonly key: WrappedKey }
  | { readonly do: 'rewrap'; readonly key: WrappedKey };

export const datakeyDecider: Decider<DatakeyState, DatakeyCommand, DatakeyFact> = {
  initialState: { key: undefined },

  decide({ key }, command) {
    if (command.do === 'create') {
      return key ? undefined : { type: 'datakey.created', data: command.key };
    }
    // Another key under the old name would make every ciphertext of the tenant unreadable.
    if (!key || key.kid !== command.key.kid) throw new AppError('state.conflict');
    if (key.masterKid === command.key.masterKid) return undefined;
    return { type: 'datakey.rewrapped', data: command.key };
  },

  evolve: (_state, event) => ({ key: event.data }),
};
