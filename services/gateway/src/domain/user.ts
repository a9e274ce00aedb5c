import type { UserFact } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

export interface UserState {
  readonly status: 'none' | 'registered' | 'erased';
  readonly emailVerified: boolean;
  readonly epoch: number;
}

export type UserCommand =
  | {
      readonly type: 'register';
      readonly email: string;
      readonly name: string;
      readonly passwordHash: string;
      readonly emailVerified: boolean;
    }
  | { readonly type: 'verify-email' }
  | {
      readonly type: 'change-password';
      readonly passwordHash: string;
      readonly reason: 'changed' | 'reset';
    }
  | { readonly type: 'sign-out-everywhere' }
  | { readonly type: 'erase' };

function decide(state: UserState, command: UserCommand): UserFact | undefined {
  if (command.type === 'register') {
    if (state.status !== 'none') throw new AppError('email.taken');
    const { type: _, ...data } = command;
    return { type: 'user.registered', data };
  }
  if (command.type === 'erase' && state.status === 'erased') return undefined;
  if (state.status !== 'registered') throw new AppError('request.not-found');
  return change(state, command);
}

function change(
  state: UserState,
  command: Exclude<UserCommand, { type: 'register' }>,
): UserFact | undefined {
  switch (command.type) {
    case 'verify-email':
      return state.emailVerified ? undefined : { type: 'user.email-verified', data: {} };
    case 'change-password': {
      const { passwordHash, reason } = command;
      const data = { passwordHash, reason, epoch: state.epoch + 1 };
      return { type: 'user.password-changed', data };
    }
    case 'sign-out-everywhere':
      return { type: 'user.signed-out-everywhere', data: { epoch: state.epoch + 1 } };
    case 'erase':
      return { type: 'user.erased', data: {} };
    default:
      return assertNever(command);
  }
}

function evolve(state: UserState, fact: UserFact): UserState {
  switch (fact.type) {
    case 'user.registered':
      return { status: 'registered', emailVerified: fact.data.emailVerified, epoch: 0 };
    case 'user.email-verified':
      return { ...state, emailVerified: true };
    case 'user.password-changed':
    case 'user.signed-out-everywhere':
      return { ...state, epoch: fact.data.epoch };
    case 'user.erased':
      return { ...state, status: 'erased' };
    default:
      return assertNever(fact);
  }
}

export const user: Decider<UserState, UserCommand, UserFact> = {
  initialState: { status: 'none', emailVerified: false, epoch: 0 },
  decide,
  evolve,
};
