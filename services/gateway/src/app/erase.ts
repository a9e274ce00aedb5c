import { isAppError } from '@trunkline/kernel';
import { stateOf } from '@trunkline/platform';
import { emailClaim } from '../domain/claims.js';
import { invitation } from '../domain/invitation.js';
import { membership } from '../domain/membership.js';
import { ownership } from '../domain/ownership.js';
import { user as decider } from '../domain/user.js';
import { emailClaimId } from './accounts.js';
import {
  emailClaimRef,
  invitationRef,
  membershipRef,
  ownershipRef,
  userRef,
  type By,
} from './by.js';
import type { Identity } from './identity.js';
import { changeMember } from './tenancy.js';

const PAGE_SIZE = 200;

export interface Erasable {
  readonly _id: string;
  readonly email: string;
}

/**
 * Forgets a person: every invitation to the address first, as that needs the address; then
 * out of every tenant, then the erasing fact, then the address is free again. Every step may
 * be repeated; who has no tenant left cannot sign in to do so, but the operator can.
 */
export async function erasePerson(deps: Identity, person: Erasable, by: By): Promise<void> {
  const places = await deps.before.membershipsOf(person._id);
  await demandOtherOwners(
    deps,
    person._id,
    places.map(({ tenant }) => tenant),
  );
  await eraseInvitations(deps, person.email, by);
  for (const { tenant, _id: member } of places) {
    await eraseInvitationOf(deps, { tenant, member }, by);
    await leave(deps, { tenant, member }, by);
  }
  await deps.facts.change(decider, { ref: userRef(person._id), command: { type: 'erase' }, by });
  await deps.facts.change(emailClaim, {
    ref: emailClaimRef(emailClaimId(person.email)),
    command: { type: 'release', holder: person._id },
    by,
  });
  await deps.sessions.endAllOf(person._id);
}

/** As the log knows them, for a read model forgets whoever is erased. */
export async function findPerson(deps: Identity, id: string): Promise<Erasable | undefined> {
  const [registered] = await deps.facts.history(userRef(id));
  return registered && { _id: id, email: String(registered.data['email']) };
}

/** How many there were. */
export async function eraseInvitations(deps: Identity, email: string, by: By): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await deps.before.invitationsTo(email, { limit: PAGE_SIZE, cursor });
    for (const { tenant, _id: id } of page.items) await eraseInvitation(deps, { tenant, id }, by);
    count += page.items.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return count;
}

/** Asked before anything is written, so that a refusal leaves everything as it was. */
async function demandOtherOwners(
  deps: Identity,
  user: string,
  tenants: readonly string[],
): Promise<void> {
  for (const tenant of tenants) {
    const state = stateOf(ownership, { events: await deps.facts.history(ownershipRef(tenant)) });
    if (state.owners.includes(user)) ownership.decide(state, { type: 'give-up', user });
  }
}

interface Place {
  readonly tenant: string;
  readonly member: string;
}

async function leave(deps: Identity, place: Place, by: By): Promise<void> {
  const command = { type: 'remove', reason: 'erased', by: null } as const;
  try {
    await changeMember(deps, { ...place, command }, by);
  } catch (error) {
    const isGone = isAppError(error) && error.code === 'request.not-found';
    if (!isGone) throw error;
  }
}

/** The log knows the one a person came by even while the read model is late. */
async function eraseInvitationOf(deps: Identity, place: Place, by: By): Promise<void> {
  const events = await deps.facts.history(membershipRef(place.tenant, place.member));
  const { invitation: id } = stateOf(membership, { events });
  if (id !== null) await eraseInvitation(deps, { tenant: place.tenant, id }, by);
}

async function eraseInvitation(
  deps: Identity,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  by: By,
): Promise<void> {
  const ref = invitationRef(tenant, id);
  await deps.facts.change(invitation, { ref, command: { type: 'erase' }, by });
}
