import { AppError, isAppError } from '@trunkline/kernel';
import { derivedId } from '@trunkline/platform';
import { findUserByEmail } from '../views/users.js';
import { register } from './accounts.js';
import type { By } from './by.js';
import type { Identity } from './identity.js';
import { addMember, createTenant, slugHolder } from './tenancy.js';

export interface SignUp {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly tenantName: string;
  readonly slug?: string | undefined;
}

/**
 * The same answer whether or not there is such an account: the difference is in the mail.
 * Repeating an unfinished sign-up finishes it, as all ids follow from the account's.
 */
export async function signUp(
  deps: Identity,
  request: SignUp & { readonly ip: string },
  by: Omit<By, 'actor'>,
): Promise<void> {
  if (!deps.isSignUpOpen) throw new AppError('signup.closed');
  await deps.throttle.attempt({ email: `sign-up ${request.email}`, ip: request.ip });
  if (await isSlugTaken(deps, request)) throw new AppError('slug.taken');
  const user = await registerOrResume(deps, request, by);
  if (user === undefined) {
    const link = `${deps.pagesUrl}/login`;
    await deps.mail.send({ to: request.email, template: 'account-exists', link });
    return;
  }
  const self: By = { ...by, actor: { kind: 'user', id: user } };
  await openTenant(deps, { user, name: request.tenantName, slug: request.slug ?? null }, self);
  const token = await deps.links.issue('verify-email', user);
  const link = `${deps.pagesUrl}/verify-email#token=${token}`;
  await deps.mail.send({ to: request.email, template: 'verify-email', link });
}

/** `undefined`: the address has an account that this request does not own. */
async function registerOrResume(
  deps: Identity,
  request: SignUp,
  by: Omit<By, 'actor'>,
): Promise<string | undefined> {
  const { email, name, password } = request;
  try {
    const anonymous: By = { ...by, actor: { kind: 'service', id: 'gateway' } };
    return await register(deps, { email, name, password, emailVerified: false }, anonymous);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'email.taken') throw error;
  }
  return findUnfinished(deps, request);
}

/**
 * Looked at before the account, so that the answer to a slug known to be taken does not tell
 * which addresses have one. Only the repeated sign-up that took the slug gets past it.
 */
async function isSlugTaken(deps: Identity, request: SignUp): Promise<boolean> {
  if (request.slug === undefined) return false;
  const holder = await slugHolder(deps, request.slug);
  if (holder === null) return false;
  const own = await findUnfinished(deps, request);
  return own === undefined || firstTenantId(own) !== holder;
}

/** The account of a sign-up that nobody verified yet, for whoever knows its password. */
async function findUnfinished(
  deps: Identity,
  { email, password }: SignUp,
): Promise<string | undefined> {
  const user = await findUserByEmail(deps.mongo, email);
  const isRight = await deps.hasher.verify(user?.passwordHash, password);
  return user && !user.emailVerified && isRight ? user._id : undefined;
}

function firstTenantId(user: string): string {
  return derivedId(['first-tenant', user]);
}

export interface FirstTenant {
  readonly user: string;
  readonly name: string;
  readonly slug: string | null;
}

/** The tenant of a new account: its id follows from the account's. */
export async function openTenant(deps: Identity, first: FirstTenant, by: By): Promise<string> {
  const id = firstTenantId(first.user);
  const { name, slug, user } = first;
  const repeatable: By = { ...by, idempotency: { id, fingerprint: `first-tenant-${user}` } };
  await createTenant(deps, { id, name, slug, parent: null }, repeatable);
  await addMember(deps, { tenant: id, user, role: 'owner', invitation: null }, by);
  return id;
}
