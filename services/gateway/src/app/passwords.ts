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
  const epoch = await setPassword(
    deps,
    { user: user._id, password: change.newPassword, reason: 'changed' },
    by,
  );
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

/** Following the link also proves to read the mailbox. */
export async function resetPassword(
  deps: Identity,
  reset: { readonly token: string; readonly newPassword: string },
  by: Omit<By, 'actor'>,
): Promise<void> {
  checkPassword(reset.newPassword, '');
  const user = await deps.links.redeem('reset-password', reset.token);
  if (user === undefined) throw new AppError('auth.link-spent');
  const self: By = { ...by, actor: { kind: 'user', id: user } };
  await setPassword(deps, { user, password: reset.newPassword, reason: 'reset' }, self);
  const command = { type: 'verify-email' } as const;
  await deps.facts.change(decider, { ref: userRef(user), command, by: self });
}

export async function verifyEmail(
  deps: Identity,
  token: string,
  by: Omit<By, 'actor'>,
): Promise<void> {
  const user = await deps.links.redeem('verify-email', token);
  if (user === undefined) throw new AppError('auth.link-spent');
  const command = { type: 'verify-email' } as const;
  const self: By = { ...by, actor: { kind: 'user', id: user } };
  await deps.facts.change(decider, { ref: userRef(user), command, by: self });
}

async function setPassword(
  deps: Identity,
  change: {
    readonly user: string;
    readonly password: string;
    readonly reason: 'changed' | 'reset';
  },
  by: By,
): Promise<number> {
  const passwordHash = await deps.hasher.hash(change.password);
  const command = { type: 'change-password', passwordHash, reason: change.reason } as const;
  const { state } = await deps.facts.change(decider, { ref: userRef(change.user), command, by });
  return state.epoch;
}
