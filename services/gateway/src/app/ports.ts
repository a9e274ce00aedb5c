import type { Page, PageRequest } from '@trunkline/platform';
import type { ApiKeyDocument } from '../views/api-keys.js';
import type { InvitationDocument } from '../views/invitations.js';
import type { MembershipDocument } from '../views/memberships.js';
import type { TenantDocument } from '../views/tenants.js';

/** argon2id behind a gate: as many hashes at once as there are cores. */
export abstract class PasswordHasher {
  abstract hash(password: string): Promise<string>;
  /** Without a hash it spends the same time and answers false. */
  abstract verify(hash: string | undefined, password: string): Promise<boolean>;
}

export interface MailMessage {
  readonly to: string;
  readonly template: 'verify-email' | 'account-exists' | 'invitation' | 'reset-password';
  /** The page to open; its fragment carries the secret, so that no server logs it. */
  readonly link: string;
  readonly tenantName?: string;
}

export abstract class Mail {
  /** Rejects with `mail.unavailable`. */
  abstract send(message: MailMessage): Promise<void>;
}

/** One sign-in of one person into one tenant. Not in the log: it may be lost. */
export interface Session {
  readonly id: string;
  readonly user: string;
  readonly entered: string;
  /** The user's epoch when it began; a higher one has ended it. */
  readonly epoch: number;
  readonly expiresAtMs: number;
  /** The session of the login it goes back to: its own id, unless the tenant was switched. */
  readonly login: string;
  /** Not those of one token of an hour, nor what they enter. */
  readonly hasRefreshToken: boolean;
}

export interface NewSession {
  readonly user: string;
  readonly entered: string;
  readonly epoch: number;
  readonly lifetimeMs: number;
  readonly hasRefreshToken: boolean;
}

export abstract class Sessions {
  abstract begin(session: NewSession): Promise<Session>;
  /** Another tenant under the same login: with its end, its epoch and its kind of token. */
  abstract enter(from: Session, tenant: string): Promise<Session>;
  /** Only while it lasts. */
  abstract find(id: string): Promise<Session | undefined>;
  /** With everything that the same login entered. */
  abstract end(id: string): Promise<void>;
  abstract endAllOf(user: string): Promise<void>;
  /** After a password change, for the session that asked for it. */
  abstract carryOver(id: string, epoch: number): Promise<void>;
  abstract issueRefreshToken(session: Session): Promise<string>;
  /** Spends it. `reused`: it had been spent before, so somebody has a copy. */
  abstract spendRefreshToken(
    token: string,
  ): Promise<
    | { readonly outcome: 'spent' | 'reused'; readonly session: string }
    | { readonly outcome: 'unknown' }
  >;
}

export type LinkPurpose = 'verify-email' | 'reset-password';

export interface PresentedLink {
  readonly purpose: LinkPurpose;
  readonly token: string;
}

/** Secrets sent by mail: they work once, for a short while. */
export abstract class Links {
  abstract issue(purpose: LinkPurpose, user: string): Promise<string>;
  /** Whose it is, without spending it. Rejects with `auth.link-spent`. */
  abstract holder(link: PresentedLink): Promise<string>;
  /** Spends it on this work, once; work that fails gives it back. Rejects with `auth.link-spent`. */
  abstract redeem(link: PresentedLink, work: (user: string) => Promise<void>): Promise<void>;
}

export interface ClassicClaims {
  readonly userId: string;
  readonly email: string;
  readonly permissions: readonly string[];
}

export interface TokenSubject {
  readonly session: string;
  readonly tenant: string;
  readonly user: string;
}

export abstract class AccessTokens {
  abstract issue(subject: TokenSubject): Promise<string>;
  /** Row E20: five claims in the payload, everything else in the signed header. */
  abstract issueClassic(subject: TokenSubject, claims: ClassicClaims): Promise<string>;
  /** Either kind. Rejects with `auth.invalid`. */
  abstract verify(token: string): Promise<TokenSubject>;
}

export interface LoginAttempt {
  readonly email: string;
  readonly ip: string;
}

/** Counts attempts as failed until they are known to be right; nobody gets in without Redis. */
export abstract class LoginThrottle {
  /** Rejects with `rate.limited` or `store.unavailable`. */
  abstract attempt(attempt: LoginAttempt): Promise<void>;
  abstract succeeded(attempt: LoginAttempt): Promise<void>;
}

/** The reads before a tenant is known. */
export abstract class BeforeTenant {
  abstract membershipsOf(user: string): Promise<MembershipDocument[]>;
  /** Whatever became of them and however the address was spelled. */
  abstract invitationsTo(email: string, page: PageRequest): Promise<Page<InvitationDocument>>;
  abstract apiKey(id: string): Promise<ApiKeyDocument | undefined>;
  abstract clientsOf(agency: string, page: PageRequest): Promise<Page<TenantDocument>>;
}

/** When each key was last used, written at most once a minute. */
export abstract class KeyUses {
  abstract note(tenant: string, key: string): void;
  abstract lastUsed(tenant: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Secrets that are derived and not stored, so that a repeated request answers the same one. */
export abstract class SecretDeriver {
  abstract derive(purpose: string): Uint8Array;
}
