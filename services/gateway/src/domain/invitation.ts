import type { InvitationFact, Role } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

export const INVITATION_LIFETIME_MS = 7 * 24 * 3_600_000;

export interface InvitationState {
  readonly status: 'none' | 'open' | 'accepted' | 'revoked' | 'erased';
  readonly email: string;
  readonly role: Role;
  readonly tokenHash: string;
  readonly expiresAtMs: number;
  readonly acceptedBy: string | null;
}

export type InvitationCommand =
  | {
      readonly type: 'issue';
      readonly email: string;
      readonly role: Role;
      readonly tokenHash: string;
      readonly nowMs: number;
      /** The role of who invites. */
      readonly by: Role;
    }
  | { readonly type: 'accept'; readonly user: string; readonly nowMs: number }
  | { readonly type: 'revoke' }
  | { readonly type: 'erase' };

function decide(state: InvitationState, command: InvitationCommand): InvitationFact | undefined {
  if (command.type === 'issue') return issue(command);
  if (state.status === 'none') throw new AppError('request.not-found');
  switch (command.type) {
    case 'accept':
      return accept(state, command);
    case 'revoke':
      if (state.status === 'revoked') return undefined;
      if (state.status !== 'open') throw new AppError('invitation.closed');
      return { type: 'invitation.revoked', data: {} };
    case 'erase':
      return state.status === 'erased' ? undefined : { type: 'invitation.erased', data: {} };
    default:
      return assertNever(command);
  }
}

function issue(command: Extract<InvitationCommand, { type: 'issue' }>): InvitationFact {
  if (command.role === 'owner' && command.by !== 'owner') {
    throw new AppError('auth.forbidden', { details: { needed: 'owner' } });
  }
  const { email, role, tokenHash } = command;
  const expiresAt = new Date(command.nowMs + INVITATION_LIFETIME_MS).toISOString();
  return { type: 'invitation.issued', data: { email, role, tokenHash, expiresAt } };
}

function accept(
  state: InvitationState,
  command: Extract<InvitationCommand, { type: 'accept' }>,
): InvitationFact | undefined {
  if (state.status === 'accepted' && state.acceptedBy === command.user) return undefined;
  if (!isAcceptable(state, command.nowMs)) throw new AppError('auth.link-spent');
  return { type: 'invitation.accepted', data: { user: command.user } };
}

export function isAcceptable(state: InvitationState, nowMs: number): boolean {
  return state.status === 'open' && nowMs < state.expiresAtMs;
}

function evolve(state: InvitationState, fact: InvitationFact): InvitationState {
  switch (fact.type) {
    case 'invitation.issued': {
      const { email, role, tokenHash, expiresAt } = fact.data;
      const expiresAtMs = Date.parse(expiresAt);
      return { status: 'open', email, role, tokenHash, expiresAtMs, acceptedBy: null };
    }
    case 'invitation.accepted':
      return { ...state, status: 'accepted', acceptedBy: fact.data.user };
    case 'invitation.revoked':
      return { ...state, status: 'revoked' };
    case 'invitation.erased':
      return { ...state, status: 'erased' };
    default:
      return assertNever(fact);
  }
}

export const invitation: Decider<InvitationState, InvitationCommand, InvitationFact> = {
  initialState: {
    status: 'none',
    email: '',
    role: 'viewer',
    tokenHash: '',
    expiresAtMs: 0,
    acceptedBy: null,
  },
  decide,
  evolve,
};
