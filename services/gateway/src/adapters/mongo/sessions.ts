import { randomBytes } from 'node:crypto';
import { PLATFORM_TENANT } from '@trunkline/contracts';
import { AppError, type Clock } from '@trunkline/kernel';
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
  readonly login: string;
  readonly hasRefreshToken: boolean;
  /** Mongo deletes it some time after. */
  readonly expiresAt: Date;
}

interface RefreshTokenDocument {
  /** The token's sha256. */
  readonly _id: string;
  readonly tenant: typeof PLATFORM_TENANT;
  readonly session: string;
  readonly login: string;
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
    const indexes = [
      expiry,
      { keys: { tenant: 1, user: 1 } },
      { keys: { tenant: 1, login: 1 } },
    ] as const;
    await mongo.ensureCollection(SESSIONS, { platform: true, indexes });
    await mongo.ensureCollection(REFRESH_TOKENS, { platform: true, indexes });
  }

  async begin({ lifetimeMs, ...session }: NewSession): Promise<Session> {
    const id = newId();
    return this.#insert({
      id,
      login: id,
      ...session,
      expiresAtMs: this.#clock.nowMs() + lifetimeMs,
    });
  }

  async enter(from: Session, tenant: string): Promise<Session> {
    const session = await this.#insert({ ...from, id: newId(), entered: tenant });
    // Whoever ended the login meanwhile may have looked before the new one was there.
    if (await this.find(from.id)) return session;
    await this.end(session.id);
    throw new AppError('auth.invalid');
  }

  async find(id: string): Promise<Session | undefined> {
    const found = await this.#sessions.findOne(PLATFORM_TENANT, { _id: id });
    const expiresAtMs = found?.expiresAt.getTime() ?? 0;
    if (!found || expiresAtMs <= this.#clock.nowMs()) return undefined;
    const { user, entered, epoch, login, hasRefreshToken } = found;
    return { id, user, entered, epoch, login, hasRefreshToken, expiresAtMs };
  }

  /** The sessions first: without them no refresh token is worth anything. */
  async end(id: string): Promise<void> {
    const found = await this.#sessions.findOne(PLATFORM_TENANT, { _id: id });
    if (!found) return;
    const { login } = found;
    await this.#sessions.deleteMany(PLATFORM_TENANT, { login });
    await this.#tokens.deleteMany(PLATFORM_TENANT, { login });
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
      login: session.login,
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

  async #insert(session: Session): Promise<Session> {
    const { id, expiresAtMs, ...rest } = session;
    const expiresAt = new Date(expiresAtMs);
    const doc = { _id: id, tenant: PLATFORM_TENANT, ...rest, expiresAt } as const;
    await this.#sessions.insertOne(PLATFORM_TENANT, doc);
    return session;
  }
}
