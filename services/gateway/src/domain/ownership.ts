import type { OwnershipFact } from '@trunkline/contracts';
import { AppError, type Decider } from '@trunkline/kernel';

export interface OwnershipState {
  readonly owners: readonly string[];
}

export type OwnershipCommand =
  | { readonly type: 'gain'; readonly user: string }
  | { readonly type: 'give-up'; readonly user: string };

/**
 * Given up before the membership changes and gained after it: a crash in between leaves an
 * owner too few in this list, never one too many, so the last one is never let go.
 */
export const ownership: Decider<OwnershipState, OwnershipCommand, OwnershipFact> = {
  initialState: { owners: [] },
  decide({ owners }, { type, user }) {
    const isOwner = owners.includes(user);
    if (type === 'gain') {
      return isOwner ? undefined : { type: 'ownership.gained', data: { user } };
    }
    if (owners.every((owner) => owner === user)) throw new AppError('member.last-owner');
    return isOwner ? { type: 'ownership.given-up', data: { user } } : undefined;
  },
  evolve({ owners }, { type, data: { user } }) {
    const others = owners.filter((owner) => owner !== user);
    return { owners: type === 'ownership.gained' ? [...others, user] : others };
  },
};
