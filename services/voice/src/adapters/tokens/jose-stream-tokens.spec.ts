import { describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import type { TokenOrder } from '../../app/door/stream-tokens.js';
import { JoseStreamTokens } from './jose-stream-tokens.js';

const secret = 'a'.repeat(40);
const startMs = 1_729_999_700_000;
const order: TokenOrder = {
  ...{ kind: 'browser', callId: 'call-1', tenant: 'tenant-1', agent: 'agent-1' },
  ...{ conversation: 'talk-1', user: 'user-1', mode: 'cascaded', isTest: true },
};
const carrierOrder: TokenOrder = { ...order, kind: 'carrier' };
const expected = { kind: 'browser', callId: 'call-1', tenant: 'tenant-1' } as const;

function tokensAt(
  clock = { now: startMs },
  secrets: { readonly secret?: string; readonly previousSecret?: string } = {},
) {
  return new JoseStreamTokens({
    ...{ secret, previousSecret: '', clock: { nowMs: () => clock.now } },
    ...secrets,
  });
}

/** Signed elsewhere, as the system we replace does: no kid. */
function foreign(claims: object, key = secret, lifeSeconds = 300) {
  const iat = startMs / 1000;
  return new SignJWT({
    ...{ sub: 'user-1', tenant_id: 'tenant-1', jti: 'call-1', iss: 'omniflow-voice-runtime' },
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(iat)
    .setExpirationTime(iat + lifeSeconds)
    .sign(Buffer.from(key));
}

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('stream tokens', () => {
  it('O4 O7 of browsers carry exactly the published claims for 300 s', async () => {
    const { token, expiresAtMs } = await tokensAt().issue(order);
    expect(decodeJwt(token)).toEqual({
      ...{ iss: 'omniflow-voice-runtime', sub: 'user-1', agent_id: 'agent-1' },
      ...{ tenant_id: 'tenant-1', conversation_id: 'talk-1', mode: 'cascaded', test_mode: true },
      ...{ iat: 1_729_999_700, exp: 1_730_000_000, jti: 'call-1' },
    });
    expect(expiresAtMs).toBe(1_730_000_000_000);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'HS256', kid: expect.any(String) });
    expect(await tokensAt().verify(token, expected)).toBe('ok');
  });

  it('S17 of carriers are good for 60 s and not for browsers', async () => {
    const clock = { now: startMs };
    const tokens = tokensAt(clock);
    const { token } = await tokens.issue(carrierOrder);
    const carrier = { ...expected, kind: 'carrier' } as const;
    expect(await tokens.verify(token, expected)).toBe('issuer');
    clock.now += 59_000;
    expect(await tokens.verify(token, carrier)).toBe('ok');
    clock.now += 1000;
    expect(await tokens.verify(token, carrier)).toBe('expired');
  });

  it('O6 are refused with a wrong signature, issuer, tenant, call or age', async () => {
    const tokens = tokensAt();
    const verdictOf = async (token: Promise<string>): Promise<string> =>
      tokens.verify(await token, expected);
    expect(await verdictOf(foreign({}))).toBe('ok');
    expect(await verdictOf(foreign({}, 'b'.repeat(40)))).toBe('signature');
    expect(await verdictOf(foreign({ iss: 'somebody' }))).toBe('issuer');
    expect(await verdictOf(foreign({ tenant_id: 'tenant-2' }))).toBe('tenant');
    expect(await verdictOf(foreign({ jti: 'call-2' }))).toBe('call');
    expect(await verdictOf(foreign({ jti: undefined }))).toBe('malformed');
    expect(await verdictOf(foreign({}, secret, -1))).toBe('expired');
  });

  it('O6 with alg=none, another algorithm or no form at all are refused', async () => {
    const tokens = tokensAt();
    const { token } = await tokens.issue(order);
    const [, payload = '', signature = ''] = token.split('.');
    const none = `${base64({ alg: 'none', typ: 'JWT' })}.${payload}.`;
    const noneSigned = `${base64({ alg: 'none' })}.${payload}.${signature}`;
    const other = `${base64({ alg: 'HS512' })}.${payload}.${signature}`;
    for (const wrong of [none, noneSigned, other, '', 'a.b.c', token.slice(0, -4), `${token}x`]) {
      expect(['malformed', 'signature']).toContain(await tokens.verify(wrong, expected));
    }
  });

  it('O14 of the old secret are good while it is named as the previous one', async () => {
    const before = await tokensAt().issue(order);
    const next = { secret: 'n'.repeat(40), previousSecret: secret };
    const after = tokensAt({ now: startMs + 1000 }, next);
    expect(await after.verify(before.token, expected)).toBe('ok');
    expect(await after.verify(await foreign({}), expected)).toBe('ok');
    const fresh = await after.issue(order);
    expect(decodeProtectedHeader(fresh.token).kid).not.toBe(
      decodeProtectedHeader(before.token).kid,
    );
    const old = tokensAt({ now: startMs + 1000 }, { previousSecret: 'n'.repeat(40) });
    expect(await old.verify(fresh.token, expected)).toBe('ok');
    const done = tokensAt({ now: startMs + 1000 }, { secret: 'n'.repeat(40) });
    expect(await done.verify(before.token, expected)).toBe('signature');
  });

  it('without a secret are good in this process alone, and there are no sessions', async () => {
    const one = tokensAt({ now: startMs }, { secret: '' });
    const other = tokensAt({ now: startMs }, { secret: '' });
    expect(one.hasSessions).toBe(false);
    const { token } = await one.issue(carrierOrder);
    const carrier = { ...expected, kind: 'carrier' } as const;
    expect(await one.verify(token, carrier)).toBe('ok');
    expect(await other.verify(token, carrier)).toBe('signature');
  });

  it('are short enough for a parameter of a carrier', async () => {
    const long = { callId: 'c'.repeat(64), tenant: 't'.repeat(64) };
    const { token } = await tokensAt().issue({ ...carrierOrder, ...long });
    expect(token.length).toBeLessThan(490);
  });
});
