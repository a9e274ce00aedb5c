import { AppError } from '@trunkline/kernel';
import { derivedId, newId, stateOf } from '@trunkline/platform';
import { emailClaim } from '../domain/claims.js';
import { normaliseEmail } from '../domain/email-address.js';
import { checkPassword } from '../domain/password-policy.js';
import { user } from '../domain/user.js';
import { emailClaimRef, userRef, type By } from './by.js';
import type { Identity } from './identity.js';

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly emailVerified: boolean;
}

/**
 * Claims the address, then registers. A claim whose account was never registered (a crash in
 * between) is taken up under the claimed id; registering it has one winner.
 */
export async function register(deps: Identity, account: NewAccount, by: By): Promise<string> {
  const { email, name, emailVerified } = account;
  checkPassword(account.password, email);
  const passwordHash = await deps.hasher.hash(account.password);
  const id = await claimEmail(deps, email, by);
  const command = { type: 'register', email, name, passwordHash, emailVerified } as const;
  await deps.facts.change(user, { ref: userRef(id), command, by });
  return id;
}

async function claimEmail(deps: Identity, email: string, by: By): Promise<string> {
  const holder = newId();
  const claimed = await claim(deps, email, { holder, by });
  if (claimed === holder || !(await isErased(deps, claimed))) return claimed;
  // Whoever erased that account died before letting go of the address.
  const ref = emailClaimRef(emailClaimId(email));
  await deps.facts.change(emailClaim, { ref, command: { type: 'release', holder: claimed }, by });
  return claim(deps, email, { holder, by });
}

async function claim(
  deps: Identity,
  email: string,
  { holder, by }: { readonly holder: string; readonly by: By },
): Promise<string> {
  const ref = emailClaimRef(emailClaimId(email));
  const { state } = await deps.facts.change(emailClaim, {
    ref,
    command: { type: 'claim', holder },
    by,
  });
  if (state.holder === null) throw new AppError('state.conflict');
  return state.holder;
}

async function isErased(deps: Identity, id: string): Promise<boolean> {
  const events = await deps.facts.history(userRef(id));
  return stateOf(user, { events }).status === 'erased';
}

/** Who has the address, as the log knows it. */
export async function holderOf(deps: Identity, email: string): Promise<string | null> {
  const events = await deps.facts.history(emailClaimRef(emailClaimId(email)));
  return stateOf(emailClaim, { events }).holder;
}

export function emailClaimId(email: string): string {
  return derivedId(['email', normaliseEmail(email)]);
}
