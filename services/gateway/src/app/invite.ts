import type { Envelope, Role } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { newId, stateOf } from '@trunkline/platform';
import { base62 } from '../domain/key-text.js';
import { normaliseEmail } from '../domain/email-address.js';
import { invitation, isAcceptable, type InvitationState } from '../domain/invitation.js';
import { user as userDecider } from '../domain/user.js';
import { findMembership } from '../views/memberships.js';
import { findTenant } from '../views/tenants.js';
import { findUserByEmail } from '../views/users.js';
import { register } from './accounts.js';
import { invitationRef, userRef, type By } from './by.js';
import { demandSameSecret, sameHash, sha256Hex } from './digest.js';
import type { Identity } from './identity.js';
import { addMember, membershipId } from './tenancy.js';

export interface Invite {
  readonly tenant: string;
  readonly email: string;
  readonly role: Role;
  readonly inviter: Role;
}

/** The link's secret is derived, so that a repeated request mails the same link. */
export async function invite(deps: Identity, request: Invite, by: By): Promise<Envelope> {
  const { tenant, email, role } = request;
  const known = await findUserByEmail(deps.mongo, email);
  const member = known && membershipId(tenant, known._id);
  if (member && (await findMembership(deps.mongo, tenant, member))) {
    throw new AppError('member.exists');
  }
  const id = by.idempotency?.id ?? newId();
  const token = invitationToken(deps, tenant, id);
  const event = await deps.facts.create(invitation, {
    ref: invitationRef(tenant, id),
    command: {
      type: 'issue',
      email,
      role,
      tokenHash: sha256Hex(token),
      nowMs: deps.clock.nowMs(),
      by: request.inviter,
    },
    by,
  });
  demandSameSecret(event.data['tokenHash'], token);
  const tenantName = (await findTenant(deps.mongo, tenant))?.name ?? tenant;
  const link = `${deps.pagesUrl}/accept-invitation#token=${token}`;
  await deps.mail.send({ to: email, template: 'invitation', link, tenantName });
  return event;
}

export async function revokeInvitation(
  deps: Identity,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  by: By,
): Promise<void> {
  const ref = invitationRef(tenant, id);
  await deps.facts.change(invitation, { ref, command: { type: 'revoke' }, by });
}

export interface Acceptance {
  readonly token: string;
  readonly name: string;
  readonly password: string;
  readonly ip: string;
}

export interface Accepted {
  readonly tenant: string;
  readonly user: string;
  readonly role: Role;
}

/** Accepted first and added after: repeating it after a crash goes on where it stopped. */
export async function acceptInvitation(
  deps: Identity,
  request: Acceptance,
  by: Omit<By, 'actor'>,
): Promise<Accepted> {
  const { tenant, id, state } = await readInvitation(deps, request.token);
  const user = await accountFor(deps, state.email, { request, by });
  const self: By = { ...by, actor: { kind: 'user', id: user } };
  // The link came by mail: whoever has it reads that mailbox.
  const verify = { type: 'verify-email' } as const;
  await deps.facts.change(userDecider, { ref: userRef(user), command: verify, by: self });
  const nowMs = deps.clock.nowMs();
  const command = { type: 'accept', user, nowMs } as const;
  await deps.facts.change(invitation, { ref: invitationRef(tenant, id), command, by: self });
  await addMember(deps, { tenant, user, role: state.role, invitation: id }, self);
  return { tenant, user, role: state.role };
}

interface OpenInvitation {
  readonly tenant: string;
  readonly id: string;
  readonly state: InvitationState;
}

async function readInvitation(deps: Identity, token: string): Promise<OpenInvitation> {
  const [tenant, id, ...rest] = token.split('.');
  if (!isToken(tenant) || !isToken(id) || rest.length !== 1) {
    throw new AppError('auth.link-spent');
  }
  const history = await deps.facts.history(invitationRef(tenant, id));
  const state = stateOf(invitation, { events: history });
  const isHalfDone = state.status === 'accepted';
  const isOpen = isAcceptable(state, deps.clock.nowMs()) || isHalfDone;
  if (!isOpen || !sameHash(state.tokenHash, sha256Hex(token))) {
    throw new AppError('auth.link-spent');
  }
  return { tenant, id, state };
}

/** The account of the address, if the password is its own; otherwise a new one. */
async function accountFor(
  deps: Identity,
  email: string,
  { request, by }: { readonly request: Acceptance; readonly by: Omit<By, 'actor'> },
): Promise<string> {
  const known = await findUserByEmail(deps.mongo, email);
  if (!known) {
    const { name, password } = request;
    const anonymous: By = { ...by, actor: { kind: 'service', id: 'gateway' } };
    return register(deps, { email, name, password, emailVerified: true }, anonymous);
  }
  const attempt = { email: normaliseEmail(email), ip: request.ip };
  await deps.throttle.attempt(attempt);
  if (!(await deps.hasher.verify(known.passwordHash, request.password))) {
    throw new AppError('auth.wrong-login');
  }
  await deps.throttle.succeeded(attempt);
  return known._id;
}

function invitationToken(deps: Identity, tenant: string, id: string): string {
  return `${tenant}.${id}.${base62(deps.secrets.derive(`invitation ${tenant} ${id}`))}`;
}

function isToken(part: string | undefined): part is string {
  return part !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(part);
}
