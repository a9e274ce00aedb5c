import type { Principal, ServiceName } from '@trunkline/contracts';
import { systemClock, type Clock } from '@trunkline/kernel';
import { SignJWT, importJWK } from 'jose';
import { ConfigError } from '../config/load-config.js';
import { readJwks, type Ed25519Jwk } from './jwks-file.js';
import {
  isKeyOf,
  PRINCIPAL_ALGORITHM,
  PRINCIPAL_ISSUER,
  PRINCIPAL_TYPE,
  SERVICE_KEY_USE,
} from './principal-token.js';

const LIFE_SECONDS = 60;
const REUSE_MS = 30_000;
const MAX_CACHED = 5000;

interface CachedToken {
  readonly token: string;
  readonly untilMs: number;
}

/** Says who asks: the gateway and the operator for anybody, another service for itself alone. */
export class PrincipalSigner {
  readonly #key: Ed25519Jwk;
  readonly #clock: Clock;
  readonly #cache = new Map<string, CachedToken>();
  #imported: ReturnType<typeof importJWK> | undefined;

  constructor(key: Ed25519Jwk, clock: Clock = systemClock) {
    this.#key = key;
    this.#clock = clock;
  }

  /** The file holds private keys; the first with `use: "principal"` signs. */
  static async fromFile(path: string, clock: Clock = systemClock): Promise<PrincipalSigner> {
    const keys = await readJwks(path, 'TOKEN_KEYS_FILE');
    const key = keys.find((candidate) => candidate.use === 'principal' && candidate.d);
    if (key) return new PrincipalSigner(key, clock);
    const reason = 'the file holds no private key with use "principal"';
    throw new ConfigError([{ name: 'TOKEN_KEYS_FILE', reason }]);
  }

  /** The file holds the service's own private key, whose kid names it. */
  static async ofService(
    path: string,
    service: ServiceName,
    clock: Clock = systemClock,
  ): Promise<PrincipalSigner> {
    const keys = await readJwks(path, 'SERVICE_KEY_FILE');
    const key = keys.find(
      ({ use, kid, d }) => use === SERVICE_KEY_USE && isKeyOf(kid, service) && d,
    );
    if (key) return new PrincipalSigner(key, clock);
    const reason = `the file holds no private key with use "service" and a kid "svc-${service}-…"`;
    throw new ConfigError([{ name: 'SERVICE_KEY_FILE', reason }]);
  }

  /** One token per principal and service for 30 s; it is good for 60. */
  async tokenFor(principal: Principal, service: ServiceName): Promise<string> {
    const cacheKey = `${service} ${JSON.stringify(principal)}`;
    const cached = this.#cache.get(cacheKey);
    const nowMs = this.#clock.nowMs();
    if (cached && cached.untilMs > nowMs) return cached.token;
    const token = await this.#sign(principal, service, nowMs);
    this.#keep(cacheKey, { token, untilMs: nowMs + REUSE_MS });
    return token;
  }

  async #sign(principal: Principal, service: ServiceName, nowMs: number): Promise<string> {
    const { kty, crv, x, d = '' } = this.#key;
    this.#imported ??= importJWK({ kty, crv, x, d }, PRINCIPAL_ALGORITHM);
    const nowSeconds = Math.floor(nowMs / 1000);
    return new SignJWT({ principal })
      .setProtectedHeader({ alg: PRINCIPAL_ALGORITHM, typ: PRINCIPAL_TYPE, kid: this.#key.kid })
      .setIssuer(PRINCIPAL_ISSUER)
      .setAudience(service)
      .setSubject(principal.id)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + LIFE_SECONDS)
      .sign(await this.#imported);
  }

  /** Full: the oldest goes, which costs one signature. */
  #keep(cacheKey: string, entry: CachedToken): void {
    this.#cache.delete(cacheKey);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size >= MAX_CACHED && !oldest.done) this.#cache.delete(oldest.value);
    this.#cache.set(cacheKey, entry);
  }
}
