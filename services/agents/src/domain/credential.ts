import type { AiProvider, CredentialFact } from '@trunkline/contracts';
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

export interface CredentialState extends SealedState {
  readonly provider: AiProvider | undefined;
}

export type CredentialCommand = SealedCommand<NewSecret>;

export const credentialDecider: Decider<CredentialState, CredentialCommand, CredentialFact> = {
  initialState: { ...noSecret, provider: undefined },

  decide(state, command) {
    if (command.do === 'remove' && state.removed) return undefined;
    assertKept(state);
    switch (command.do) {
      case 'rotate': {
        const generation = state.generation + 1;
        return { type: 'credential.rotated', data: { ...command.secret, generation } };
      }
      case 'record-test':
        return { type: 'credential.tested', data: command.result };
      case 'remove':
        return { type: 'credential.removed', data: {} };
      default:
        return assertNever(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'credential.saved':
        return { ...state, ...saved(state, event.data.sealed), provider: event.data.provider };
      case 'credential.rotated':
        return { ...state, ...rotated(state, event.data) };
      case 'credential.tested':
        return state;
      case 'credential.removed':
        return { ...state, ...removed(state) };
      default:
        return assertNever(event);
    }
  },
};
