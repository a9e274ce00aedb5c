import {
  principal as principalSchema,
  type Principal,
  type ServiceName,
} from '@trunkline/contracts';
import { AppError, systemClock, type Clock } from '@trunkline/kernel';
import {
  createLocalJWKSet,
  errors,
  jwtVerify,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';
import { readJwks, type Ed25519Jwk } from './jwks-file.js';
import {
  isKeyOf,
  PRINCIPAL_ALGORITHM,
  PRINCIPAL_ISSUER,
  PRINCIPAL_TYPE,
  SERVICE_KEY_USE,
} from './principal-token.js';

const MAX_CACHED = 5000;
const MAX_AGE_SECONDS = 60;
const CLOCK_TOLERANCE_SECONDS = 5;
const REREAD_MS = 10_000;

const usesThatSign = new Set(['principal', 'sig', SERVICE_KEY_USE]);

type KeySet = ReturnType<typeof createLocalJWKSet>;

export interface PrincipalVerifierOptions {
  readonly service: ServiceName;
  /** Called for the keys at boot, and again when a token names a kid that is not there yet. */
  readonly loadKeys: () => Promise<readonly Ed25519Jwk[]>;
  readonly clock?: Clock;
}

/** Believes nobody but the holders of the listed keys, and only what they say to this service. */
export class PrincipalVerifier {
  readonly #options: PrincipalVerifierOptions;
  readonly #clock: Clock;
  /** Verified tokens come again for 30 s; the signature is checked once. */
  readonly #verified = new Map<
    string,
    { readonly principal: Principal; readonly untilMs: number }
  >();
  #keys: KeySet | undefined;
  #serviceKids: ReadonlySet<string> = new Set();
  #readAtMs = 0;

  constructor(options: PrincipalVerifierOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  static async fromFile(path: string, service: ServiceName): Promise<PrincipalVerifier> {
    const loadKeys = (): Promise<Ed25519Jwk[]> => readJwks(path, 'PRINCIPAL_JWKS_FILE');
    const verifier = new PrincipalVerifier({ service, loadKeys });
    await verifier.#load();
    return verifier;
  }

  /** Rejects with `auth.invalid`, whatever is wrong. */
  async verify(token: string): Promise<Principal> {
    const known = this.#verified.get(token);
    if (known && known.untilMs > this.#clock.nowMs()) return known.principal;
    try {
      const { payload, protectedHeader } = await this.#check(token);
      const principal = principalSchema.parse(payload['principal']);
      if (payload.sub !== principal.id) throw new AppError('auth.invalid');
      this.#refuseBorrowedNames(protectedHeader.kid ?? '', principal);
      this.#remember(token, principal, (payload.exp ?? 0) * 1000);
      return principal;
    } catch (error) {
      throw new AppError('auth.invalid', { cause: error });
    }
  }

  /** A service's key speaks for that service and for nobody else, and never above a member. */
  #refuseBorrowedNames(kid: string, { kind, id, role }: Principal): void {
    if (!this.#serviceKids.has(kid)) return;
    const isItself = kind === 'service' && isKeyOf(kid, id) && role === 'member';
    if (!isItself) throw new AppError('auth.invalid');
  }

  async #check(token: string): Promise<JWTVerifyResult> {
    const keys = this.#keys ?? (await this.#load());
    try {
      return await jwtVerify(token, keys, this.#pins());
    } catch (error) {
      const mayBeNew = error instanceof errors.JWKSNoMatchingKey && this.#isStale();
      if (!mayBeNew) throw error;
      return jwtVerify(token, await this.#load(), this.#pins());
    }
  }

  #pins(): JWTVerifyOptions {
    return {
      algorithms: [PRINCIPAL_ALGORITHM],
      issuer: PRINCIPAL_ISSUER,
      audience: this.#options.service,
      typ: PRINCIPAL_TYPE,
      requiredClaims: ['exp', 'iat', 'sub', 'aud', 'iss'],
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(this.#clock.nowMs()),
    };
  }

  #isStale(): boolean {
    return this.#clock.nowMs() - this.#readAtMs >= REREAD_MS;
  }

  async #load(): Promise<KeySet> {
    this.#readAtMs = this.#clock.nowMs();
    const keys = await this.#options.loadKeys();
    const ofServices = keys.filter(({ use }) => use === SERVICE_KEY_USE);
    this.#serviceKids = new Set(ofServices.map(({ kid }) => kid));
    // `use` is ours ("access", "principal", "service"); jose would take it for a reason not to verify.
    const usable = keys
      .filter(({ use }) => use === undefined || usesThatSign.has(use))
      .map(({ kty, crv, kid, x }) => ({ kty, crv, kid, x, alg: PRINCIPAL_ALGORITHM }));
    this.#keys = createLocalJWKSet({ keys: usable });
    return this.#keys;
  }

  #remember(token: string, principal: Principal, untilMs: number): void {
    const oldest = this.#verified.keys().next();
    if (this.#verified.size >= MAX_CACHED && !oldest.done) this.#verified.delete(oldest.value);
    this.#verified.set(token, { principal, untilMs });
  }
}
