import { randomBytes } from 'node:crypto';
import { PLATFORM_TENANT } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import { newId, trusted, type Mongo, type TenantCollection } from '@trunkline/platform';
import { sha256Hex } from '../../app/digest.js';
import { Sessions, type NewSession, type Session } from '../../app/ports.js';
import { REFRESH_LIFETIME_MS } from '../../app/token-lifetimes.js';

interface SessionDocument {
  readonly _id: string;
  /** People are global, and so are their sessions. */
  readonly tenant: typeof PLATFORM_TENANT;
  readonly user: string;
  readonly entered: string;
  readonly epoch: number;
  /** Mongo deletes it some time after. */
  readonly expiresAt: Date;
}

interface RefreshTokenDocument {
  /** The token's sha256. */
  readonly _id: string;
  readonly tenant: typeof PLATFORM_TENANT;
  readonly session: string;
  readonly user: string;
  readonly expiresAt: Date;
  readonly spentAt: Date | null;
}

const SESSIONS = 'gateway-sessions';
const REFRESH_TOKENS = 'gateway-refresh-tokens';
const TOKEN_BYTES = 32;
const expiry = { keys: { expiresAt: 1 }, options: { expireAfterSeconds: 60 } } as const;

export class MongoSessions extends Sessions {
  readonly #sessions: TenantCollection<SessionDocument>;
  readonly #tokens: TenantCollection<RefreshTokenDocument>;
  readonly #clock: Clock;

  constructor(mongo: Mongo, clock: Clock) {
    super();
    this.#sessions = mongo.tenantCollection<SessionDocument>(SESSIONS);
    this.#tokens = mongo.tenantCollection<RefreshTokenDocument>(REFRESH_TOKENS);
    this.#clock = clock;
  }

  static async prepare(mongo: Mongo): Promise<void> {
    const indexes = [expiry, { keys: { tenant: 1, user: 1 } } as const];
    await mongo.ensureCollection(SESSIONS, { platform: true, indexes });
    const byOwner = [...indexes, { keys: { tenant: 1, session: 1 } } as const];
    await mongo.ensureCollection(REFRESH_TOKENS, { platform: true, indexes: byOwner });
  }

  async begin({ lifetimeMs, ...session }: NewSession): Promise<Session> {
    const expiresAtMs = this.#clock.nowMs() + lifetimeMs;
    const id = newId();
    const expiresAt = new Date(expiresAtMs);
    const doc = { _id: id, tenant: PLATFORM_TENANT, ...session, expiresAt } as const;
    await this.#sessions.insertOne(PLATFORM_TENANT, doc);
    return { id, ...session, expiresAtMs };
  }

  async find(id: string): Promise<Session | undefined> {
    const found = await this.#sessions.findOne(PLATFORM_TENANT, { _id: id });
    const expiresAtMs = found?.expiresAt.getTime() ?? 0;
    if (!found || expiresAtMs <= this.#clock.nowMs()) return undefined;
    const { user, entered, epoch } = found;
    return { id, user, entered, epoch, expiresAtMs };
  }

  /** The session first: without it no refresh token is worth anything. */
  async end(id: string): Promise<void> {
    await this.#sessions.deleteOne(PLATFORM_TENANT, { _id: id });
    await this.#tokens.deleteMany(PLATFORM_TENANT, { session: id });
  }

  async endAllOf(user: string): Promise<void> {
    await this.#sessions.deleteMany(PLATFORM_TENANT, { user });
    await this.#tokens.deleteMany(PLATFORM_TENANT, { user });
  }

  async carryOver(id: string, epoch: number): Promise<void> {
    await this.#sessions.updateOne(PLATFORM_TENANT, { _id: id }, { update: { $set: { epoch } } });
  }

  async issueRefreshToken(session: Session): Promise<string> {
    const text = `tl_ref_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const untilMs = Math.min(session.expiresAtMs, this.#clock.nowMs() + REFRESH_LIFETIME_MS);
    await this.#tokens.insertOne(PLATFORM_TENANT, {
      _id: sha256Hex(text),
      tenant: PLATFORM_TENANT,
      session: session.id,
      user: session.user,
      expiresAt: new Date(untilMs),
      spentAt: null,
    });
    return text;
  }

  /** One compare-and-set: of two who present it at once, one is too late. */
  async spendRefreshToken(text: string) {
    const _id = sha256Hex(text);
    const now = new Date(this.#clock.nowMs());
    const { matched } = await this.#tokens.updateOne(
      PLATFORM_TENANT,
      { _id, spentAt: null, expiresAt: trusted({ $gt: now }) },
      { update: { $set: { spentAt: now } } },
    );
    const found = await this.#tokens.findOne(PLATFORM_TENANT, { _id });
    if (!found) return { outcome: 'unknown' } as const;
    if (matched === 1) return { outcome: 'spent', session: found.session } as const;
    if (found.spentAt === null) return { outcome: 'unknown' } as const;
    return { outcome: 'reused', session: found.session } as const;
  }
}
