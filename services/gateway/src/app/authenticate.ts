import type { Principal } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { readKey } from '../domain/key-text.js';
import type { ApiKeyDocument } from '../views/api-keys.js';
import { findTenant } from '../views/tenants.js';
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
}

/** Turns the text of a credential into who it is. Rejects with `auth.invalid` or `tenant.suspended`. */
export class Authentication {
  readonly #deps: Identity;
  readonly #known: ShortMemory<Authenticated>;
  readonly #sessions = new WeakMap<Principal, string>();

  constructor(deps: Identity) {
    this.#deps = deps;
    this.#known = new ShortMemory({
      lifetimeMs: REMEMBERED_MS,
      capacity: MAX_REMEMBERED,
      clock: deps.clock,
    });
  }

  async principalOf(credential: string): Promise<Principal> {
    const { principal, session } = credential.startsWith('tl_')
      ? await this.#byKey(credential)
      : await this.#byToken(credential);
    if (session !== undefined) this.#sessions.set(principal, session);
    return principal;
  }

  /** The session a principal of this process came with. */
  sessionOf(principal: Principal): string {
    const session = this.#sessions.get(principal);
    if (session === undefined) throw new AppError('auth.forbidden');
    return session;
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
      return { principal: await principalOfSession(this.#deps, session), session: session.id };
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
      await demandOpenTenant(this.#deps, key.tenant);
      return { principal: principalOfKey(key), session: undefined };
    });
    this.#deps.keyUses.note(known.principal.tenant, known.principal.id);
    return known;
  }
}

/** Still good, and as what? The only place that decides it, for access and refresh alike. */
export async function principalOfSession(deps: Identity, session: Session): Promise<Principal> {
  const user = await findUser(deps.mongo, session.user);
  if (!user || user.epoch !== session.epoch) throw invalid();
  const { role, tenant } = await stillInside(deps, session);
  return { kind: 'user', id: user._id, tenant: tenant._id, role, scopes: [] };
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

async function demandOpenTenant(deps: Identity, id: string): Promise<void> {
  const tenant = await findTenant(deps.mongo, id);
  if (!tenant) throw invalid();
  if (tenant.suspended) throw new AppError('tenant.suspended');
}

function invalid(): AppError {
  return new AppError('auth.invalid');
}
