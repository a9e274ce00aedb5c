import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '@trunkline/kernel';
import { errors, jwtVerify, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import {
  StreamTokens,
  tokenLifeMs,
  type IssuedToken,
  type TokenKind,
  type TokenOrder,
  type TokenVerdict,
} from '../../app/door/stream-tokens.js';

/** Row O7 names the first; tokens of one kind are none of the other. */
const issuers = { browser: 'omniflow-voice-runtime', carrier: 'trunkline-voice' } as const;
const algorithm = 'HS256';

interface Key {
  readonly kid: string;
  readonly secret: Uint8Array;
}

export interface JoseStreamTokensOptions {
  /** Empty: no browser sessions; carriers' tokens are signed for this process alone. */
  readonly secret: string;
  /** Still believed while a rotation lasts. */
  readonly previousSecret: string;
  readonly clock: Clock;
}

export class JoseStreamTokens extends StreamTokens {
  readonly hasSessions: boolean;
  readonly #keys: readonly Key[];
  readonly #signer: Key;
  readonly #clock: Clock;

  constructor({ secret, previousSecret, clock }: JoseStreamTokensOptions) {
    super();
    this.hasSessions = secret !== '';
    this.#signer = keyOf(secret === '' ? randomBytes(32) : Buffer.from(secret));
    const previous = previousSecret === '' ? [] : [keyOf(Buffer.from(previousSecret))];
    this.#keys = [this.#signer, ...previous];
    this.#clock = clock;
  }

  async issue(order: TokenOrder): Promise<IssuedToken> {
    const nowSeconds = Math.floor(this.#clock.nowMs() / 1000);
    const expSeconds = nowSeconds + tokenLifeMs[order.kind] / 1000;
    const token = await new SignJWT(claimsOf(order))
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: this.#signer.kid })
      .setIssuedAt(nowSeconds)
      .setExpirationTime(expSeconds)
      .sign(this.#signer.secret);
    return { token, expiresAtMs: expSeconds * 1000 };
  }

  async verify(
    token: string,
    expected: Pick<TokenOrder, 'kind' | 'callId' | 'tenant'>,
  ): Promise<TokenVerdict> {
    const verdicts: TokenVerdict[] = [];
    for (const key of this.#keys) {
      const verdict = await this.#verifyBy(key, token, expected.kind);
      if (typeof verdict !== 'string') return fits(verdict, expected);
      verdicts.push(verdict);
    }
    return verdicts.find((verdict) => verdict !== 'signature') ?? 'signature';
  }

  fingerprint(token: string): string {
    return createHash('sha256').update(token).digest('base64');
  }

  async #verifyBy(key: Key, token: string, kind: TokenKind): Promise<JWTPayload | TokenVerdict> {
    // A token that names no key may be of either, as other systems sign them.
    const secretFor = ({ kid }: JWTHeaderParameters): Uint8Array => {
      if (kid !== undefined && kid !== key.kid) throw new errors.JWSSignatureVerificationFailed();
      return key.secret;
    };
    try {
      const { payload } = await jwtVerify(token, secretFor, {
        algorithms: [algorithm],
        issuer: issuers[kind],
        currentDate: new Date(this.#clock.nowMs()),
        requiredClaims: ['exp', 'iat', 'jti', 'tenant_id'],
        maxTokenAge: tokenLifeMs[kind] / 1000,
      });
      return payload;
    } catch (error) {
      return verdictOf(error);
    }
  }
}

function claimsOf(order: TokenOrder): JWTPayload {
  const { callId, tenant } = order;
  if (order.kind === 'carrier') {
    return { iss: issuers.carrier, sub: 'carrier', tenant_id: tenant, jti: callId };
  }
  return {
    iss: issuers.browser,
    sub: order.user ?? 'anonymous',
    agent_id: order.agent,
    tenant_id: tenant,
    conversation_id: order.conversation ?? callId,
    mode: order.mode,
    test_mode: order.isTest,
    jti: callId,
  };
}

function fits(payload: JWTPayload, expected: Pick<TokenOrder, 'callId' | 'tenant'>): TokenVerdict {
  if (payload.jti !== expected.callId) return 'call';
  return payload['tenant_id'] === expected.tenant ? 'ok' : 'tenant';
}

function verdictOf(error: unknown): TokenVerdict {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'iss' ? 'issuer' : 'malformed';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEError) return 'malformed';
  throw error;
}

/** Told apart by a name that says nothing about it. */
function keyOf(secret: Uint8Array): Key {
  const digest = createHash('sha256').update('stream-token-kid').update(secret).digest('hex');
  return { kid: digest.slice(0, 16), secret };
}
