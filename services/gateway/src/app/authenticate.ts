import type { Principal } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { readKey } from '../domain/key-text.js';
import type { ApiKeyDocument } from '../views/api-keys.js';
import { findTenant, type TenantDocument } from '../views/tenants.js';
import { findUser } from '../views/users.js';
import { accessOf, type Access } from './access.js';
import { sameHash, sha256Hex } from './digest.js';
import type { Identity } from './identity.js';
import type { Session } from './ports.js';
import { ShortMemory } from './short-memory.js';

/** Half of what revoking may take, so that the other half is left for the read models. */
const REMEMBERED_MS = 2000;
const MAX_REMEMBERED = 10_000;

export interface Authenticated {
  readonly principal: Principal;
  /** Of people only. */
  readonly session: string | undefined;
  /** Of the tenant as a whole; null: the platform's own limit. */
  readonly requestsPerMinute: number | null;
}

/** Turns the text of a credential into who it is. Rejects with `auth.invalid` or `tenant.suspended`. */
export class Authentication {
  readonly #deps: Identity;
  readonly #known: ShortMemory<Authenticated>;
  readonly #answered = new WeakMap<Principal, Authenticated>();

  constructor(deps: Identity) {
    this.#deps = deps;
    this.#known = new ShortMemory({
      lifetimeMs: REMEMBERED_MS,
      capacity: MAX_REMEMBERED,
      clock: deps.clock,
    });
  }

  async principalOf(credential: string): Promise<Principal> {
    const authenticated = credential.startsWith('tl_')
      ? await this.#byKey(credential)
      : await this.#byToken(credential);
    this.#answered.set(authenticated.principal, authenticated);
    return authenticated.principal;
  }

  /** The session a principal of this process came with. */
  sessionOf(principal: Principal): string {
    const session = this.#answered.get(principal)?.session;
    if (session === undefined) throw new AppError('auth.forbidden');
    return session;
  }

  /** What the tenant of a principal of this process may ask a minute; null: no limit of its own. */
  requestsPerMinuteOf(principal: Principal): number | null {
    return this.#answered.get(principal)?.requestsPerMinute ?? null;
  }

  /** After something changed here: ask again instead of waiting out the memory. */
  forget(): void {
    this.#known.clear();
  }

  async #byToken(text: string): Promise<Authenticated> {
    const subject = await this.#deps.tokens.verify(text);
    const { session: id, user, tenant } = subject;
    return this.#known.get(`session ${id} ${user} ${tenant}`, async () => {
      const session = await this.#deps.sessions.find(id);
      if (session?.user !== user || session.entered !== tenant) throw invalid();
      const access = await accessOfSession(this.#deps, session);
      const { role } = access;
      const principal: Principal = { kind: 'user', id: user, tenant, role, scopes: [] };
      return { principal, session: session.id, ...limitsOf(access.tenant) };
    });
  }

  async #byKey(text: string): Promise<Authenticated> {
    const read = readKey(text);
    if (!read) throw invalid();
    const hash = sha256Hex(text);
    const known = await this.#known.get(`key ${hash}`, async () => {
      const key = await this.#deps.before.apiKey(read.id);
      const nowMs = this.#deps.clock.nowMs();
      if (!key || key.kind !== read.kind || !opens(key, hash, nowMs)) throw invalid();
      const tenant = await demandOpenTenant(this.#deps, key.tenant);
      return { principal: principalOfKey(key), session: undefined, ...limitsOf(tenant) };
    });
    this.#deps.keyUses.note(known.principal.tenant, known.principal.id);
    return known;
  }
}

/** Still good, and as what? The only place that decides it, for access and refresh alike. */
export async function accessOfSession(deps: Identity, session: Session): Promise<Access> {
  const user = await findUser(deps.mongo, session.user);
  if (user?.epoch !== session.epoch) throw invalid();
  return stillInside(deps, session);
}

/** Whoever lost the membership has lost the session with it. */
async function stillInside(deps: Identity, session: Session): Promise<Access> {
  try {
    return await accessOf(deps, session.user, session.entered);
  } catch (error) {
    if (isAppError(error) && error.code === 'auth.no-tenant') throw invalid();
    throw error;
  }
}

function principalOfKey(key: ApiKeyDocument): Principal {
  return {
    kind: 'apikey',
    id: key._id,
    tenant: key.tenant,
    role: key.kind === 'admin' ? 'admin' : 'member',
    scopes: [...key.scopes],
    keyKind: key.kind,
  };
}

function opens(key: ApiKeyDocument, hash: string, nowMs: number): boolean {
  if (key.revokedAt !== null) return false;
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= nowMs) return false;
  if (sameHash(key.keyHash, hash)) return true;
  const { previousHash, previousUntil } = key;
  if (previousHash === null || previousUntil === null) return false;
  return nowMs < Date.parse(previousUntil) && sameHash(previousHash, hash);
}

async function demandOpenTenant(deps: Identity, id: string): Promise<TenantDocument> {
  const tenant = await findTenant(deps.mongo, id);
  if (!tenant) throw invalid();
  if (tenant.suspended) throw new AppError('tenant.suspended');
  return tenant;
}

function limitsOf({ limits }: TenantDocument): Pick<Authenticated, 'requestsPerMinute'> {
  return { requestsPerMinute: limits.requestsPerMinute };
}

function invalid(): AppError {
  return new AppError('auth.invalid');
}
