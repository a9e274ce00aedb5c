import type { MembershipFact, Role } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

export interface MembershipState {
  readonly user: string | null;
  readonly role: Role | null;
  readonly invitation: string | null;
}

export type MembershipCommand =
  | {
      readonly type: 'add';
      readonly user: string;
      readonly role: Role;
      readonly invitation: string | null;
    }
  | { readonly type: 'change-role'; readonly role: Role; readonly by: Role }
  | {
      readonly type: 'remove';
      readonly reason: 'removed' | 'left' | 'erased';
      /** The role of who removes; a person who leaves needs none. */
      readonly by: Role | null;
    };

function decide(state: MembershipState, command: MembershipCommand): MembershipFact | undefined {
  if (command.type === 'add') return add(state, command);
  if (state.role === null) throw new AppError('request.not-found');
  switch (command.type) {
    case 'change-role':
      onlyOwnersTouchOwners(command.by, [state.role, command.role]);
      if (state.role === command.role) return undefined;
      return { type: 'membership.role-changed', data: { role: command.role } };
    case 'remove':
      if (command.by !== null) onlyOwnersTouchOwners(command.by, [state.role]);
      return { type: 'membership.removed', data: { reason: command.reason } };
    default:
      return assertNever(command);
  }
}

function add(
  state: MembershipState,
  command: Extract<MembershipCommand, { type: 'add' }>,
): MembershipFact | undefined {
  const { user, role, invitation } = command;
  const isSameInvitation = invitation !== null && state.invitation === invitation;
  if (state.role !== null) {
    // Repeated, for instance after a crash half-way.
    if (state.invitation === invitation && state.role === role) return undefined;
    throw new AppError('member.exists');
  }
  // Whoever was removed does not come back by an old link.
  if (isSameInvitation) throw new AppError('auth.link-spent');
  return { type: 'membership.added', data: { user, role, invitation } };
}

function onlyOwnersTouchOwners(by: Role, touched: readonly Role[]): void {
  if (by !== 'owner' && touched.includes('owner')) {
    throw new AppError('auth.forbidden', { details: { needed: 'owner' } });
  }
}

function evolve(state: MembershipState, fact: MembershipFact): MembershipState {
  switch (fact.type) {
    case 'membership.added':
      return fact.data;
    case 'membership.role-changed':
      return { ...state, role: fact.data.role };
    case 'membership.removed':
      return { ...state, role: null };
    default:
      return assertNever(fact);
  }
}

export const membership: Decider<MembershipState, MembershipCommand, MembershipFact> = {
  initialState: { user: null, role: null, invitation: null },
  decide,
  evolve,
};
