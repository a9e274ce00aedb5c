import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@trunkline/contracts';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { Ed25519Jwk } from './jwks-file.js';
import { PrincipalSigner } from './principal-signer.js';
import { PrincipalVerifier } from './principal-verifier.js';

const alice: Principal = { kind: 'user', id: 'alice', tenant: 'acme', role: 'admin', scopes: [] };

async function newKey(kid: string, use = 'principal'): Promise<Ed25519Jwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '', d = '' } = await exportJWK(privateKey);
  return { kty: 'OKP', crv: 'Ed25519', kid, x, d, use };
}

async function world() {
  const key = await newKey('k1');
  const published = [key];
  const time = { nowMs: Date.UTC(2026, 10, 21) };
  const clock = { nowMs: () => time.nowMs };
  let reads = 0;
  const loadKeys = (): Promise<Ed25519Jwk[]> => {
    reads += 1;
    return Promise.resolve([...published]);
  };
  const verifier = new PrincipalVerifier({ service: 'agents', loadKeys, clock });
  const signer = new PrincipalSigner(key, clock);
  return { key, published, time, clock, verifier, signer, reads: () => reads };
}

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: Ed25519Jwk;
}

/** A token that is right but for what the test changes. */
async function forge(of: Awaited<ReturnType<typeof world>>, change: Forgery): Promise<string> {
  const { kty, crv, x, d = '' } = change.key ?? of.key;
  const seconds = Math.floor(of.time.nowMs / 1000);
  const right = { iss: 'trunkline', aud: 'agents', sub: 'alice', iat: seconds, exp: seconds + 60 };
  const claims = { ...right, principal: alice, ...change.claims };
  const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
  return new SignJWT(present)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'principal+jwt', kid: 'k1', ...change.header })
    .sign(await importJWK({ kty, crv, x, d }, 'EdDSA'));
}

const refused = { code: 'auth.invalid' };

describe('the signed principal', () => {
  it('comes out as it went in', async () => {
    const { signer, verifier } = await world();
    const token = await signer.tokenFor(alice, 'agents');
    await expect(verifier.verify(token)).resolves.toEqual(alice);
    await expect(verifier.verify(token)).resolves.toEqual(alice);
  });

  it('is signed once in 30 s per principal and service', async () => {
    const { signer, time } = await world();
    const first = await signer.tokenFor(alice, 'agents');
    time.nowMs += 29_000;
    expect(await signer.tokenFor(alice, 'agents')).toBe(first);
    expect(await signer.tokenFor(alice, 'voice')).not.toBe(first);
    expect(await signer.tokenFor({ ...alice, role: 'viewer' }, 'agents')).not.toBe(first);
    time.nowMs += 2000;
    expect(await signer.tokenFor(alice, 'agents')).not.toBe(first);
  });

  it('is good for 60 s, also when it was verified before', async () => {
    const { signer, verifier, time } = await world();
    const token = await signer.tokenFor(alice, 'agents');
    await verifier.verify(token);
    time.nowMs += 66_000;
    await expect(verifier.verify(token)).rejects.toMatchObject(refused);
  });

  const wrongs: Record<string, Forgery> = {
    'the audience of another service': { claims: { aud: 'voice' } },
    'no audience': { claims: { aud: null } },
    'another issuer': { claims: { iss: 'somebody' } },
    'no expiry': { claims: { exp: null } },
    'no time of issue': { claims: { iat: null } },
    'a long life': {
      claims: { iat: Date.UTC(2026, 10, 20) / 1000, exp: Date.UTC(2027, 1) / 1000 },
    },
    'a time of issue to come': { claims: { iat: Date.UTC(2026, 10, 22) / 1000 } },
    'another type': { header: { typ: 'access+jwt' } },
    'no type': { header: { typ: undefined } },
    'an unknown kid': { header: { kid: 'k2' } },
    'a subject that is not the principal': { claims: { sub: 'bob' } },
    'a principal of the wrong shape': { claims: { principal: { ...alice, role: 'god' } } },
    'a principal with more fields': { claims: { principal: { ...alice, admin: true } } },
  };

  it.each(Object.entries(wrongs))('is refused with %s', async (_what, change) => {
    const of = await world();
    await expect(of.verifier.verify(await forge(of, {}))).resolves.toEqual(alice);
    await expect(of.verifier.verify(await forge(of, change))).rejects.toMatchObject(refused);
  });

  it('is refused when another key signed it under the same kid', async () => {
    const of = await world();
    const token = await forge(of, { key: await newKey('k1') });
    await expect(of.verifier.verify(token)).rejects.toMatchObject(refused);
  });

  it('is refused unsigned, signed with a shared secret, or cut', async () => {
    const of = await world();
    const good = await forge(of, {});
    const claims = { iss: 'trunkline', aud: 'agents', sub: 'alice', principal: alice };
    const none = new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('60s').encode();
    const secret = new TextEncoder().encode(of.key.x);
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'principal+jwt', kid: 'k1' })
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(secret);
    for (const token of [none, shared, good.slice(0, -4), `${good}x`, '', 'x.y.z']) {
      await expect(of.verifier.verify(token)).rejects.toMatchObject(refused);
    }
  });

  it('is not verified with a key that was published for something else', async () => {
    const of = await world();
    const access = await newKey('k9', 'access');
    of.published.push(access);
    const token = await forge(of, { key: access, header: { kid: 'k9' } });
    await expect(of.verifier.verify(token)).rejects.toMatchObject(refused);
  });

  it('is verified with a key that was added later, looked for at most every 10 s', async () => {
    const of = await world();
    await of.verifier.verify(await forge(of, {}));
    const next = await newKey('k2');
    const token = (): Promise<string> => forge(of, { key: next, header: { kid: 'k2' } });
    of.time.nowMs += 11_000;
    await expect(of.verifier.verify(await token())).rejects.toMatchObject(refused);
    expect(of.reads()).toBe(2);
    of.published.push(next);
    await expect(of.verifier.verify(await token())).rejects.toMatchObject(refused);
    expect(of.reads()).toBe(2);
    of.time.nowMs += 11_000;
    await expect(of.verifier.verify(await token())).resolves.toEqual(alice);
  });

  describe('signed with the key of a service', () => {
    const voice: Principal = {
      kind: 'service',
      id: 'voice',
      tenant: 'acme',
      role: 'member',
      scopes: [],
    };

    async function signedBy(principal: Principal) {
      const of = await world();
      const key = await newKey('svc-voice-1', 'service');
      of.published.push(key);
      const token = await new PrincipalSigner(key, of.clock).tokenFor(principal, 'agents');
      return of.verifier.verify(token);
    }

    it('S1 is believed about that service, for any tenant', async () => {
      await expect(signedBy(voice)).resolves.toEqual(voice);
      const elsewhere = { ...voice, tenant: 'other' };
      await expect(signedBy(elsewhere)).resolves.toEqual(elsewhere);
    });

    it.each<[string, Principal]>([
      ['a person', alice],
      ['a person of the same name', { ...voice, kind: 'user' }],
      ['a key', { ...voice, kind: 'apikey', keyKind: 'admin' }],
      ['the operator', { ...voice, kind: 'operator' }],
      ['another service', { ...voice, id: 'gateway' }],
      ['a service whose name begins alike', { ...voice, id: 'voice-1' }],
      ['itself as an owner', { ...voice, role: 'owner' }],
    ])('S1 is not believed about %s', async (_who, principal) => {
      await expect(signedBy(principal)).rejects.toMatchObject(refused);
    });
  });
});
