import { readFile } from 'node:fs/promises';
import { token } from '@trunkline/contracts';
import { AppError, type Clock } from '@trunkline/kernel';
import { ConfigError } from '@trunkline/platform';
import { SignJWT, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { AccessTokens, type ClassicClaims, type TokenSubject } from '../../app/ports.js';
import { ACCESS_TOKEN_SECONDS, CLASSIC_TOKEN_SECONDS } from '../../app/token-lifetimes.js';

const ALGORITHM = 'EdDSA';
const AUDIENCE = 'trunkline-api';
const TYPE = 'at+jwt';
const CLASSIC_TYPE = 'classic+jwt';
const CLOCK_TOLERANCE_SECONDS = 2;
const MAX_TOKEN_CHARS = 4096;

const accessKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1).max(128),
  use: z.string(),
  x: z.string(),
  d: z.string().optional(),
});
const keySet = z.looseObject({ keys: z.array(accessKey) });
const accessClaims = z.looseObject({ sub: token, sid: token, tenant: token });
const classicHeader = z.looseObject({
  sid: token,
  tenant: token,
  iss: z.string(),
  aud: z.literal(AUDIENCE),
});
const classicClaims = z.strictObject({
  user_id: token,
  email: z.string(),
  iat: z.int(),
  exp: z.int(),
  permissions: z.array(z.string()),
});

type Key = Awaited<ReturnType<typeof importJWK>>;

export interface TokenKeys {
  readonly signing: { readonly kid: string; readonly key: Key };
  readonly verifying: ReadonlyMap<string, Key>;
}

/** The first private key with `use: "access"` signs; every listed one verifies. */
export async function readTokenKeys(path: string): Promise<TokenKeys> {
  const refuse = (reason: string): ConfigError =>
    new ConfigError([{ name: 'TOKEN_KEYS_FILE', reason }]);
  const parsed = keySet.safeParse(await readJson(path, refuse));
  if (!parsed.success) throw refuse('the file is not a JWKS of Ed25519 keys');
  const keys = parsed.data.keys.filter((key) => key.use === 'access');
  const signer = keys.find((key) => key.d !== undefined);
  if (!signer) throw refuse('the file holds no private key with use "access"');
  const verifying = new Map<string, Key>();
  for (const { kty, crv, kid, x } of keys) {
    verifying.set(kid, await importJWK({ kty, crv, x }, ALGORITHM));
  }
  const { kty, crv, x, d = '', kid } = signer;
  return { signing: { kid, key: await importJWK({ kty, crv, x, d }, ALGORITHM) }, verifying };
}

async function readJson(path: string, refuse: (reason: string) => Error): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw Object.assign(refuse('the file cannot be read as JSON'), { cause: error });
  }
}

export interface AccessTokenOptions {
  readonly keys: TokenKeys;
  /** The public address of the platform. */
  readonly issuer: string;
  readonly clock: Clock;
}

export class JoseAccessTokens extends AccessTokens {
  readonly #options: AccessTokenOptions;

  constructor(options: AccessTokenOptions) {
    super();
    this.#options = options;
  }

  issue(subject: TokenSubject): Promise<string> {
    const { kid, key } = this.#options.keys.signing;
    const nowSeconds = this.#nowSeconds();
    return new SignJWT({ sid: subject.session, tenant: subject.tenant })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .setSubject(subject.user)
      .setIssuer(this.#options.issuer)
      .setAudience(AUDIENCE)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + ACCESS_TOKEN_SECONDS)
      .sign(key);
  }

  /** RFC 7519 §5.3: what may not stand in the payload stands in the signed header. */
  issueClassic(subject: TokenSubject, claims: ClassicClaims): Promise<string> {
    const { kid, key } = this.#options.keys.signing;
    const nowSeconds = this.#nowSeconds();
    const { session: sid, tenant } = subject;
    const where = { iss: this.#options.issuer, aud: AUDIENCE, sid, tenant };
    const { userId, email, permissions } = claims;
    return new SignJWT({ user_id: userId, email, permissions: [...permissions] })
      .setProtectedHeader({ alg: ALGORITHM, typ: CLASSIC_TYPE, kid, ...where })
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + CLASSIC_TOKEN_SECONDS)
      .sign(key);
  }

  async verify(text: string): Promise<TokenSubject> {
    if (text.length > MAX_TOKEN_CHARS) throw new AppError('auth.invalid');
    try {
      const header = decodeProtectedHeader(text);
      const key = this.#options.keys.verifying.get(header.kid ?? '');
      if (!key) throw new TypeError('unknown kid');
      return header.typ === CLASSIC_TYPE
        ? await this.#verifyClassic(text, key)
        : await this.#verifyAccess(text, key);
    } catch (error) {
      throw new AppError('auth.invalid', { cause: error });
    }
  }

  async #verifyAccess(text: string, key: Key): Promise<TokenSubject> {
    const { payload } = await jwtVerify(text, key, {
      ...this.#pins(ACCESS_TOKEN_SECONDS),
      typ: TYPE,
      issuer: this.#options.issuer,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'sub', 'aud', 'iss', 'sid', 'tenant'],
    });
    const { sub, sid, tenant } = accessClaims.parse(payload);
    return { session: sid, tenant, user: sub };
  }

  async #verifyClassic(text: string, key: Key): Promise<TokenSubject> {
    const { payload, protectedHeader } = await jwtVerify(text, key, {
      ...this.#pins(CLASSIC_TOKEN_SECONDS),
      typ: CLASSIC_TYPE,
      requiredClaims: ['exp', 'iat', 'user_id', 'email', 'permissions'],
    });
    const { sid, tenant, iss } = classicHeader.parse(protectedHeader);
    if (iss !== this.#options.issuer) throw new TypeError('another issuer');
    return { session: sid, tenant, user: classicClaims.parse(payload).user_id };
  }

  #pins(maxAgeSeconds: number) {
    return {
      algorithms: [ALGORITHM],
      maxTokenAge: maxAgeSeconds,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(this.#options.clock.nowMs()),
    };
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.nowMs() / 1000);
  }
}
