import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  SignJWT,
  UnsecuredJWT,
  type JWK,
  type JWTPayload,
} from 'jose';
import { JoseAccessTokens, readTokenKeys } from './access-tokens.js';

const subject = { session: 's1', tenant: 't1', user: 'u1' };
const classic = { userId: 'u1', email: 'ann@example.com', permissions: ['agents:read'] };
const issuer = 'https://trunkline.test';

function jwk(kid: string, use = 'access'): JWK {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { ...(privateKey.export({ format: 'jwk' }) as JWK), kid, use, alg: 'EdDSA' };
}

describe('access tokens', () => {
  const keys = [jwk('new'), jwk('old'), jwk('principal', 'principal')];
  const [current] = keys as [JWK];
  let nowMs = Date.parse('2026-11-21T09:00:00.000Z');
  let dir: string;
  let tokens: JoseAccessTokens;

  const open = async (list: readonly JWK[], at = issuer): Promise<JoseAccessTokens> => {
    const path = join(dir, 'keys.json');
    await writeFile(path, JSON.stringify({ keys: list }));
    const clock = { nowMs: () => nowMs };
    return new JoseAccessTokens({ keys: await readTokenKeys(path), issuer: at, clock });
  };
  const refused = (token: string): Promise<void> =>
    expect(tokens.verify(token)).rejects.toMatchObject({ code: 'auth.invalid' });
  const resign = async (
    token: string,
    change: { claims?: JWTPayload; header?: object; key?: JWK },
  ): Promise<string> => {
    const { use: _use, ...key } = change.key ?? current;
    const header = { ...decodeProtectedHeader(token), alg: 'EdDSA', ...change.header };
    return new SignJWT({ ...decodeJwt(token), ...change.claims })
      .setProtectedHeader(header)
      .sign(await importJWK(key, 'EdDSA'));
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'trunkline-keys-'));
    tokens = await open(keys);
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('say who, where and in which session, of both kinds', async () => {
    expect(await tokens.verify(await tokens.issue(subject))).toEqual(subject);
    expect(await tokens.verify(await tokens.issueClassic(subject, classic))).toEqual(subject);
  });

  it('E20 carry five claims and an hour in the classic kind', async () => {
    const claims = decodeJwt(await tokens.issueClassic(subject, classic));
    const iat = nowMs / 1000;
    expect(claims).toEqual({
      user_id: 'u1',
      email: 'ann@example.com',
      permissions: ['agents:read'],
      iat,
      exp: iat + 3600,
    });
  });

  it('end when they say, and stay good until then', async () => {
    const [short, long] = [
      await tokens.issue(subject),
      await tokens.issueClassic(subject, classic),
    ];
    const startMs = nowMs;
    nowMs = startMs + 599_000;
    await tokens.verify(short);
    nowMs = startMs + 603_000;
    await refused(short);
    await tokens.verify(long);
    nowMs = startMs + 3_603_000;
    await refused(long);
    nowMs = startMs;
  });

  it('are refused with anything else than they were issued with', async () => {
    const good = await tokens.issue(subject);
    const wrong: Parameters<typeof resign>[1][] = [
      { claims: { aud: 'other' } },
      { claims: { iss: 'https://evil.test' } },
      { claims: { exp: Math.floor(nowMs / 1000) + 86_400, iat: Math.floor(nowMs / 1000) - 7200 } },
      { claims: { sid: { $gt: '' } } },
      { claims: { sub: 'a.b' } },
      { header: { typ: 'principal+jwt' } },
      { header: { typ: 'JWT' } },
      { header: { typ: 'classic+jwt' } },
      { header: { kid: 'unknown' } },
      { header: { kid: '../../etc/passwd' } },
      { header: { kid: 'principal' }, key: keys[2] as JWK },
      { key: jwk('new') },
    ];
    for (const change of wrong) await refused(await resign(good, change));
    for (const missing of ['exp', 'iat', 'iss', 'aud', 'sub', 'sid', 'tenant']) {
      await refused(await resign(good, { claims: { [missing]: undefined } }));
    }
  });

  it('are refused unsigned, signed by a shared secret, or of the wrong shape', async () => {
    const good = await tokens.issue(subject);
    await refused(new UnsecuredJWT(decodeJwt(good)).encode());
    const { x = '' } = current;
    const hmac = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ ...decodeProtectedHeader(good), alg: 'HS256' })
      .sign(Buffer.from(x, 'base64url'));
    await refused(hmac);
    for (const text of [
      '',
      'a.b.c',
      '..',
      good.split('.').slice(0, 2).join('.'),
      'x'.repeat(5000),
    ]) {
      await refused(text);
    }
  });

  it('of the classic kind pin issuer, audience and session in the signed header', async () => {
    const good = await tokens.issueClassic(subject, classic);
    for (const header of [{ iss: 'x' }, { aud: 'x' }, { sid: undefined }, { tenant: 'a.b' }]) {
      await refused(await resign(good, { header }));
    }
    await refused(await resign(good, { claims: { role: 'owner' } }));
  });

  it('of the last key are good while the next one signs', async () => {
    const before = await tokens.issue(subject);
    const rotated = await open([jwk('next'), ...keys]);
    expect(await rotated.verify(before)).toEqual(subject);
    expect(decodeProtectedHeader(await rotated.issue(subject)).kid).toBe('next');
  });

  it('need a key file that is right', async () => {
    await expect(open([jwk('p', 'principal')])).rejects.toThrow('TOKEN_KEYS_FILE');
    await expect(readTokenKeys(join(dir, 'missing.json'))).rejects.toThrow('TOKEN_KEYS_FILE');
  });
});
