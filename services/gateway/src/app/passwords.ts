import { AppError } from '@trunkline/kernel';
import { checkPassword } from '../domain/password-policy.js';
import { user as decider } from '../domain/user.js';
import { findUser, findUserByEmail } from '../views/users.js';
import { userRef, type By } from './by.js';
import type { Identity } from './identity.js';
import { checkCredentials } from './log-in.js';

export interface PasswordChange {
  readonly user: string;
  readonly session: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly ip: string;
}

/** Every other session ends; the one that asked goes on. */
export async function changePassword(
  deps: Identity,
  change: PasswordChange,
  by: By,
): Promise<void> {
  const user = await proveIdentity(deps, change.user, {
    password: change.currentPassword,
    ip: change.ip,
  });
  checkPassword(change.newPassword, user.email);
  const passwordHash = await deps.hasher.hash(change.newPassword);
  const changed = { user: user._id, passwordHash, reason: 'changed' } as const;
  const epoch = await setPassword(deps, changed, by);
  await deps.sessions.carryOver(change.session, epoch);
}

/** Asks a signed-in person for the password again, under the same limits as a login. */
export async function proveIdentity(
  deps: Identity,
  userId: string,
  proof: { readonly password: string; readonly ip: string },
): Promise<{ readonly _id: string; readonly email: string }> {
  const user = await findUser(deps.mongo, userId);
  if (!user) throw new AppError('auth.invalid');
  return checkCredentials(deps, { email: user.email, password: proof.password }, proof.ip);
}

/** Says nothing about whether there is such an account, not even by taking longer. */
export async function forgotPassword(deps: Identity, email: string, ip: string): Promise<void> {
  await deps.throttle.attempt({ email: `forgot ${email}`, ip });
  deps.afterwards('forgot-password', async () => {
    const user = await findUserByEmail(deps.mongo, email);
    if (!user) return;
    const token = await deps.links.issue('reset-password', user._id);
    const link = `${deps.pagesUrl}/reset-password#token=${token}`;
    await deps.mail.send({ to: user.email, template: 'reset-password', link });
  });
}

/**
 * Following the link also proves to read the mailbox. It is spent as late as can be: a busy
 * hasher or a full log must not cost people their only link.
 */
export async function resetPassword(
  deps: Identity,
  reset: { readonly token: string; readonly newPassword: string },
  by: Omit<By, 'actor'>,
): Promise<void> {
  checkPassword(reset.newPassword, '');
  const link = { purpose: 'reset-password', token: reset.token } as const;
  // Without this look any nonsense would cost a hash.
  await deps.links.holder(link);
  const passwordHash = await deps.hasher.hash(reset.newPassword);
  await deps.links.redeem(link, async (user) => {
    const self: By = { ...by, actor: { kind: 'user', id: user } };
    await setPassword(deps, { user, passwordHash, reason: 'reset' }, self);
    await markVerified(deps, user, self);
  });
}

export async function verifyEmail(
  deps: Identity,
  token: string,
  by: Omit<By, 'actor'>,
): Promise<void> {
  await deps.links.redeem({ purpose: 'verify-email', token }, (user) =>
    markVerified(deps, user, { ...by, actor: { kind: 'user', id: user } }),
  );
}

async function markVerified(deps: Identity, user: string, by: By): Promise<void> {
  const command = { type: 'verify-email' } as const;
  await deps.facts.change(decider, { ref: userRef(user), command, by });
}

async function setPassword(
  deps: Identity,
  change: {
    readonly user: string;
    readonly passwordHash: string;
    readonly reason: 'changed' | 'reset';
  },
  by: By,
): Promise<number> {
  const { user, ...rest } = change;
  const command = { type: 'change-password', ...rest } as const;
  const { state } = await deps.facts.change(decider, { ref: userRef(user), command, by });
  return state.epoch;
}
