import type { EmailClaimFact, SlugClaimFact } from '@trunkline/contracts';
import type { Decider } from '@trunkline/kernel';

export interface ClaimState {
  readonly holder: string | null;
}

export type ClaimCommand =
  | { readonly type: 'claim'; readonly holder: string }
  | { readonly type: 'release'; readonly holder: string };

/** Claiming what somebody else holds decides nothing: the caller looks at `holder` afterwards. */
export const emailClaim: Decider<ClaimState, ClaimCommand, EmailClaimFact> = {
  initialState: { holder: null },
  decide: ({ holder }, command) => {
    if (command.type === 'claim') {
      if (holder !== null) return undefined;
      return { type: 'email-claim.claimed', data: { user: command.holder } };
    }
    return holder === command.holder ? { type: 'email-claim.released', data: {} } : undefined;
  },
  evolve: (_, fact) => ({ holder: fact.type === 'email-claim.claimed' ? fact.data.user : null }),
};

export const slugClaim: Decider<ClaimState, ClaimCommand, SlugClaimFact> = {
  initialState: { holder: null },
  decide: ({ holder }, command) => {
    if (command.type === 'claim') {
      if (holder !== null) return undefined;
      return { type: 'slug-claim.claimed', data: { holder: command.holder } };
    }
    return holder === command.holder ? { type: 'slug-claim.released', data: {} } : undefined;
  },
  evolve: (_, fact) => ({ holder: fact.type === 'slug-claim.claimed' ? fact.data.holder : null }),
};
