import { permissionsOf, type Role } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { findUserByEmail, type UserDocument } from '../views/users.js';
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

export interface Switched extends Omit<SignedIn, 'refreshToken'> {
  readonly refreshToken: string | null;
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
  const kind = { lifetimeMs, hasRefreshToken: false };
  const session = await deps.sessions.begin({ ...sessionOf(user, access), ...kind });
  const permissions = permissionsOf(access.role);
  const claims = { userId: user._id, email: user.email, permissions };
  const token = await deps.tokens.issueClassic(subjectOf(session), claims);
  return { token, expires_in: CLASSIC_TOKEN_SECONDS };
}

/** Another tenant of the same person; the session one came with goes on, and both end with it. */
export async function switchTenant(
  deps: Identity,
  sessionId: string,
  tenant: string,
): Promise<Switched> {
  const from = await deps.sessions.find(sessionId);
  if (!from) throw new AppError('auth.invalid');
  const access = await accessOf(deps, from.user, tenant);
  const session = await deps.sessions.enter(from, tenant);
  if (session.hasRefreshToken) return answerTokens(deps, session, access.role);
  return { ...(await answerAccess(deps, session, access.role)), refreshToken: null };
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
  const kind = { lifetimeMs: SESSION_LIFETIME_MS, hasRefreshToken: true };
  const session = await deps.sessions.begin({ ...sessionOf(user, access), ...kind });
  return answerTokens(deps, session, access.role);
}

function sessionOf(
  user: UserDocument,
  access: Access,
): { user: string; entered: string; epoch: number } {
  return { user: user._id, entered: access.tenant._id, epoch: user.epoch };
}

export async function answerTokens(
  deps: Identity,
  session: Session,
  role: Role,
): Promise<SignedIn> {
  const [answer, refreshToken] = await Promise.all([
    answerAccess(deps, session, role),
    deps.sessions.issueRefreshToken(session),
  ]);
  return { ...answer, refreshToken };
}

async function answerAccess(
  deps: Identity,
  session: Session,
  role: Role,
): Promise<Omit<SignedIn, 'refreshToken'>> {
  const leftSeconds = Math.floor((session.expiresAtMs - deps.clock.nowMs()) / 1000);
  return {
    accessToken: await deps.tokens.issue(subjectOf(session)),
    tokenType: 'Bearer',
    expiresInSeconds: Math.max(0, Math.min(ACCESS_TOKEN_SECONDS, leftSeconds)),
    tenant: session.entered,
    role,
  };
}

function subjectOf(session: Session): { session: string; tenant: string; user: string } {
  return { session: session.id, tenant: session.entered, user: session.user };
}
