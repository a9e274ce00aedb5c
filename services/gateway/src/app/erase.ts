import type { AggregateRef } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import { stateOf } from '@trunkline/platform';
import { emailClaim } from '../domain/claims.js';
import { invitation } from '../domain/invitation.js';
import { membership } from '../domain/membership.js';
import { user as decider } from '../domain/user.js';
import { emailClaimId } from './accounts.js';
import { emailClaimRef, invitationRef, membershipRef, userRef, type By } from './by.js';
import type { Identity } from './identity.js';
import { changeMember } from './tenancy.js';

/**
 * Forgets a person: out of every tenant first, which a last owner is refused, then the
 * erasing fact, then the address is free again. Every step may be repeated.
 */
export async function erasePerson(
  deps: Identity,
  person: { readonly _id: string; readonly email: string },
  by: By,
): Promise<void> {
  const command = { type: 'remove', reason: 'erased', by: null } as const;
  for (const { tenant, _id: member } of await deps.before.membershipsOf(person._id)) {
    try {
      await changeMember(deps, { tenant, member, command }, by);
    } catch (error) {
      const isGone = isAppError(error) && error.code === 'request.not-found';
      if (!isGone) throw error;
    }
    await eraseInvitation(deps, membershipRef(tenant, member), by);
  }
  await deps.facts.change(decider, { ref: userRef(person._id), command: { type: 'erase' }, by });
  await deps.facts.change(emailClaim, {
    ref: emailClaimRef(emailClaimId(person.email)),
    command: { type: 'release', holder: person._id },
    by,
  });
  await deps.sessions.endAllOf(person._id);
}

/** The invitation a person came by knows the address too. */
async function eraseInvitation(deps: Identity, member: AggregateRef, by: By): Promise<void> {
  const { invitation: id } = stateOf(membership, { events: await deps.facts.history(member) });
  if (id === null) return;
  const ref = invitationRef(member.tenant, id);
  await deps.facts.change(invitation, { ref, command: { type: 'erase' }, by });
}
