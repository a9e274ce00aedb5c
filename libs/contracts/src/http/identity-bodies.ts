import { z } from 'zod';
import { token } from '../envelope.js';
import { personal, secret } from '../marks.js';
import { runtimeDefaults, slug, tenantLimits } from '../events/tenant.js';
import { keyKind, role, scope } from '../principal.js';
import {
  cursor,
  emailField,
  newPassword,
  nextCursor,
  pageLimit,
  personName,
  timestamp,
} from './fields.js';

/** A link's or a refresh token's secret text. */
const opaque = z.string().min(16).max(256);
const anyPassword = z.string().min(1).max(128);
const tenantName = z.string().trim().min(1).max(120);

export const signUpBody = z.strictObject({
  email: emailField,
  password: newPassword,
  name: personName,
  tenantName,
  slug: slug.optional(),
});
export const accepted = z.strictObject({ accepted: z.literal(true) });

export const loginBody = z.strictObject({
  email: emailField,
  password: anyPassword,
  /** Which tenant to enter; the one joined first when left out. */
  tenant: token.optional(),
});
export const classicLoginBody = z.strictObject({ email: emailField, password: anyPassword });
export const classicLoginAnswer = z.strictObject({
  token: z.string(),
  expires_in: z.literal(3600),
});

export const signedIn = z.strictObject({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresInSeconds: z.int(),
  refreshToken: z.string(),
  tenant: token,
  role,
});

/** What came without a refresh token, as a token of an hour does, goes on without one. */
export const switched = signedIn.extend({ refreshToken: z.string().nullable() });

export const refreshBody = z.strictObject({ refreshToken: opaque });
export const switchTenantBody = z.strictObject({ tenant: token });
export const changePasswordBody = z.strictObject({
  currentPassword: anyPassword,
  newPassword,
});
export const forgotPasswordBody = z.strictObject({ email: emailField });
export const resetPasswordBody = z.strictObject({ token: opaque, newPassword });
export const verifyEmailBody = z.strictObject({ token: opaque });

export const meAnswer = z.strictObject({
  id: token,
  kind: z.enum(['user', 'apikey']),
  email: z.string().nullable(),
  name: z.string().nullable(),
  emailVerified: z.boolean(),
  tenant: token,
  role,
  roleName: z.string(),
  permissions: z.array(scope),
  memberships: z.array(z.strictObject({ tenant: token, tenantName: z.string(), role })),
});

export const tenantAnswer = z.strictObject({
  id: token,
  name: z.string(),
  slug: z.string().nullable(),
  parent: token.nullable(),
  suspended: z.boolean(),
  limits: tenantLimits,
  runtimeDefaults,
  createdAt: timestamp,
});
export type TenantAnswer = z.output<typeof tenantAnswer>;
export const renameTenantBody = z.strictObject({ name: tenantName });
export const createClientBody = z.strictObject({ name: tenantName, slug: slug.optional() });
export const suspendBody = z.strictObject({ reason: z.string().trim().min(1).max(200) });
export const clientsQuery = z.strictObject({ limit: pageLimit, cursor: cursor.optional() });
export const clientsAnswer = z.strictObject({ items: z.array(tenantAnswer), nextCursor });

/** Marked answers are never kept for a repeated request. */
export const memberAnswer = z.strictObject({
  id: token,
  user: token,
  email: personal(z.string()),
  name: personal(z.string()),
  role,
  roleName: z.string(),
  joinedAt: timestamp,
});
export const membersQuery = clientsQuery;
export const membersAnswer = z.strictObject({ items: z.array(memberAnswer), nextCursor });
export const changeRoleBody = z.strictObject({ role });

export const inviteBody = z.strictObject({ email: emailField, role });
export const invitationAnswer = z.strictObject({
  id: token,
  email: personal(z.string()),
  role,
  state: z.enum(['open', 'accepted', 'revoked', 'expired']),
  issuedAt: timestamp,
  expiresAt: timestamp,
});
export const invitationsAnswer = z.strictObject({ items: z.array(invitationAnswer), nextCursor });
export const acceptInvitationBody = z.strictObject({
  token: opaque,
  name: personName,
  /** The new account's password, or the existing account's own. */
  password: newPassword,
});
export const acceptedInvitation = z.strictObject({ tenant: token, user: token, role });

export const issueKeyBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  kind: keyKind,
  scopes: z.array(scope).min(1).max(32),
  expiresAt: timestamp.nullable().default(null),
});
export const keyAnswer = z.strictObject({
  id: token,
  name: z.string(),
  kind: keyKind,
  scopes: z.array(scope),
  lastFour: z.string(),
  issuedAt: timestamp,
  expiresAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable(),
  revokedAt: timestamp.nullable(),
});
export const keysAnswer = z.strictObject({ items: z.array(keyAnswer), nextCursor });
/** The only answers that ever carry a key's text. */
export const issuedKey = z.strictObject({ ...keyAnswer.shape, key: secret(z.string()) });
export const rotateKeyBody = z.strictObject({
  /** How long the old secret still works, so that nobody is locked out while it is replaced. */
  overlapSeconds: z.int().min(0).max(86_400).default(0),
});

export const auditQuery = z.strictObject({
  limit: pageLimit,
  cursor: cursor.optional(),
  actor: z.string().min(1).max(128).optional(),
  aggregate: token.optional(),
  id: token.optional(),
  type: z.string().min(3).max(96).optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
});
/** Of one's own account: which aggregate it is needs no saying. */
export const myAuditQuery = auditQuery.omit({ aggregate: true, id: true });
const fields = z.record(z.string(), z.unknown());
export const auditEntry = z.strictObject({
  id: z.string(),
  at: timestamp,
  actor: z.strictObject({ kind: z.string(), id: z.string() }),
  aggregate: token,
  aggregateId: token,
  version: z.int(),
  type: z.string(),
  correlationId: z.string(),
  /** The fields this change touched, as they were and as they became; secrets are masked. */
  before: fields,
  after: fields,
});
export const auditAnswer = z.strictObject({ items: z.array(auditEntry), nextCursor });
