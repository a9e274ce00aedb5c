import { permissionsOf, type Role } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { findUser, findUserByEmail, type UserDocument } from '../views/users.js';
import { accessOf, type Access } from './access.js';
import type { Identity } from './identity.js';
import type { LoginAttempt, Session } from './ports.js';
import {
  ACCESS_TOKEN_SECONDS,
  CLASSIC_TOKEN_SECONDS,
  SESSION_LIFETIME_MS,
} from './token-lifetimes.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface SignedIn {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly tenant: string;
  readonly role: Role;
}

export async function logIn(
  deps: Identity,
  credentials: Credentials & { readonly tenant?: string | undefined },
  ip: string,
): Promise<SignedIn> {
  const user = await checkCredentials(deps, credentials, ip);
  const access = await chooseTenant(deps, user._id, credentials.tenant);
  return enter(deps, user, access);
}

/** Row E20. */
export async function logInClassic(
  deps: Identity,
  credentials: Credentials,
  ip: string,
): Promise<{ readonly token: string; readonly expires_in: typeof CLASSIC_TOKEN_SECONDS }> {
  const user = await checkCredentials(deps, credentials, ip);
  const access = await chooseTenant(deps, user._id);
  const lifetimeMs = CLASSIC_TOKEN_SECONDS * 1000;
  const session = await begin(deps, user, { access, lifetimeMs });
  const permissions = permissionsOf(access.role);
  const claims = { userId: user._id, email: user.email, permissions };
  const token = await deps.tokens.issueClassic(subjectOf(session), claims);
  return { token, expires_in: CLASSIC_TOKEN_SECONDS };
}

/** Another tenant of the same person; the session one came with goes on. */
export async function switchTenant(
  deps: Identity,
  userId: string,
  tenant: string,
): Promise<SignedIn> {
  const user = await findUser(deps.mongo, userId);
  if (!user) throw new AppError('auth.invalid');
  return enter(deps, user, await accessOf(deps, userId, tenant));
}

/** The same work and the same answer whether the account or the password is wrong. */
export async function checkCredentials(
  deps: Identity,
  { email, password }: Credentials,
  ip: string,
): Promise<UserDocument> {
  const attempt: LoginAttempt = { email, ip };
  await deps.throttle.attempt(attempt);
  const user = await findUserByEmail(deps.mongo, email);
  const isRight = await deps.hasher.verify(user?.passwordHash, password);
  if (!user || !isRight) throw new AppError('auth.wrong-login');
  await deps.throttle.succeeded(attempt);
  if (!user.emailVerified) throw new AppError('auth.email-unverified');
  return user;
}

/** The wanted tenant, or the one joined first that lets the person in. */
async function chooseTenant(deps: Identity, user: string, wanted?: string): Promise<Access> {
  if (wanted !== undefined) return accessOf(deps, user, wanted);
  let refusal = new AppError('auth.no-tenant');
  for (const { tenant } of await deps.before.membershipsOf(user)) {
    try {
      return await accessOf(deps, user, tenant);
    } catch (error) {
      if (!isAppError(error) || error.retryable) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

async function enter(deps: Identity, user: UserDocument, access: Access): Promise<SignedIn> {
  const session = await begin(deps, user, { access, lifetimeMs: SESSION_LIFETIME_MS });
  return answerTokens(deps, session, access.role);
}

function begin(
  deps: Identity,
  user: UserDocument,
  { access, lifetimeMs }: { readonly access: Access; readonly lifetimeMs: number },
): Promise<Session> {
  const entered = access.tenant._id;
  return deps.sessions.begin({ user: user._id, entered, epoch: user.epoch, lifetimeMs });
}

export async function answerTokens(
  deps: Identity,
  session: Session,
  role: Role,
): Promise<SignedIn> {
  const [accessToken, refreshToken] = await Promise.all([
    deps.tokens.issue(subjectOf(session)),
    deps.sessions.issueRefreshToken(session),
  ]);
  return {
    accessToken,
    tokenType: 'Bearer',
    expiresInSeconds: ACCESS_TOKEN_SECONDS,
    refreshToken,
    tenant: session.entered,
    role,
  };
}

function subjectOf(session: Session): { session: string; tenant: string; user: string } {
  return { session: session.id, tenant: session.entered, user: session.user };
}
