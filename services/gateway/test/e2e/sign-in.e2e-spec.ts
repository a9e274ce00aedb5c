import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { linkToken, member, owner, signIn, World, type Person } from '../support/world.js';

describe('signing in', () => {
  let world: World;
  let ann: Person;

  beforeAll(async () => {
    world = await World.start({ LOGIN_ATTEMPTS_PER_IP: '100000' });
    ann = await owner(world, 'ann@example.com');
  });
  afterAll(() => world.stop());

  const statusOf = async (token: string): Promise<number> =>
    (await world.ask('GET /v1/me', { token })).status;
  const ended = (token: string): Promise<unknown> =>
    eventually(async () => expect(await statusOf(token)).toBe(401), { deadlineMs: 5000 });
  const classic = async (person: Person): Promise<string> => {
    const { email, password } = person;
    const { body } = await world.ask('POST /auth/login', { body: { email, password } });
    return body.token;
  };

  it('E20 POST /auth/login answers { token, expires_in: 3600 } and a token of five claims', async () => {
    const { email, password } = ann;
    const answer = await world.ask('POST /auth/login', { body: { email, password } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ token: expect.any(String), expires_in: 3600 });
    const claims = decodeJwt(answer.body.token);
    expect(Object.keys(claims).toSorted()).toEqual([
      'email',
      'exp',
      'iat',
      'permissions',
      'user_id',
    ]);
    expect(claims).toMatchObject({ email, user_id: expect.any(String) });
    expect(claims['permissions']).toEqual(expect.arrayContaining(['agents:write']));
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(decodeProtectedHeader(answer.body.token)).toMatchObject({ alg: 'EdDSA' });
    expect(await statusOf(answer.body.token)).toBe(200);
  });

  it('E20 an unknown account, a wrong password and a strange spelling get the same 401', async () => {
    const wrong = await world.ask('POST /auth/login', {
      body: { email: ann.email, password: 'not the password' },
    });
    const unknown = await world.ask('POST /auth/login', {
      body: { email: 'nobody@example.com', password: 'not the password' },
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect({ ...wrong.body, instance: '' }).toEqual({ ...unknown.body, instance: '' });
    const spelt = { email: 'ANN@Example.com', password: ann.password };
    expect((await world.ask('POST /auth/login', { body: spelt })).status).toBe(200);
  });

  it('answers a 600 s token and a refresh token that works once', async () => {
    const person = await signIn(world, ann);
    const claims = decodeJwt(person.token);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
    expect(claims).toMatchObject({ iss: 'https://trunkline.test', aud: 'trunkline-api' });
    const { refreshToken } = person;
    const second = await world.ask('POST /v1/auth/refresh', { body: { refreshToken } });
    expect(second.status).toBe(200);
    expect(second.body.refreshToken).not.toBe(refreshToken);
    expect(await statusOf(second.body.accessToken)).toBe(200);
  });

  it('ends the whole session when a refresh token is used twice', async () => {
    const person = await signIn(world, ann);
    const { refreshToken } = person;
    const second = await world.ask('POST /v1/auth/refresh', { body: { refreshToken } });
    const reused = await world.ask('POST /v1/auth/refresh', { body: { refreshToken } });
    expect(reused).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
    const heir = await world.ask('POST /v1/auth/refresh', {
      body: { refreshToken: second.body.refreshToken },
    });
    expect(heir.status).toBe(401);
    await ended(person.token);
    await ended(second.body.accessToken);
  });

  it('lets one of ten simultaneous refreshes win, and then ends the session', async () => {
    const { refreshToken, token } = await signIn(world, ann);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.ask('POST /v1/auth/refresh', { body: { refreshToken } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    await ended(token);
  });

  it('logs out one session and leaves the others', async () => {
    const [first, second] = [await signIn(world, ann), await signIn(world, ann)];
    expect((await world.ask('POST /v1/auth/logout', { token: first.token })).status).toBe(204);
    await ended(first.token);
    const { refreshToken } = first;
    const refreshed = await world.ask('POST /v1/auth/refresh', { body: { refreshToken } });
    expect(refreshed.status).toBe(401);
    expect(await statusOf(second.token)).toBe(200);
  });

  it('lives no longer in another tenant than where it came from, and no longer than its login', async () => {
    const client = await world.ask('POST /v1/clients', { token: ann.token, body: { name: 'C' } });
    const tenant = client.body.id;
    const enter = (token: string) =>
      world.ask('POST /v1/auth/switch-tenant', { token, body: { tenant } });
    const person = await signIn(world, ann);
    const inside = await enter(person.token);
    const { refreshToken } = inside.body;
    const again = await world.ask('POST /v1/auth/refresh', { body: { refreshToken } });
    expect(again).toMatchObject({ status: 200, body: { tenant } });
    const deeper = await enter(again.body.accessToken);
    await world.ask('POST /v1/auth/logout', { token: person.token });
    for (const { body } of [inside, again, deeper]) await ended(body.accessToken);
    for (const { body } of [again, deeper]) {
      const late = { refreshToken: body.refreshToken };
      expect((await world.ask('POST /v1/auth/refresh', { body: late })).status).toBe(401);
    }
    const hour = await enter(await classic(ann));
    expect(hour).toMatchObject({ status: 200, body: { tenant, refreshToken: null } });
    expect(await statusOf(hour.body.accessToken)).toBe(200);
  });

  it('logs out everywhere, both kinds of token, within 5 s', async () => {
    const person = await member(world, ann, 'member');
    const others = [await classic(person), (await signIn(world, person)).token];
    for (const token of others) expect(await statusOf(token)).toBe(200);
    await world.ask('POST /v1/auth/logout-everywhere', { token: person.token });
    for (const token of [...others, person.token]) await ended(token);
    expect(await statusOf((await signIn(world, person)).token)).toBe(200);
  });

  it('changes a role within 5 s and shuts out who is removed, both kinds of token', async () => {
    const person = await member(world, ann, 'admin');
    const tokens = [person.token, await classic(person)];
    const members = await world.ask('GET /v1/members', { token: ann.token });
    const found = (members.body.items as { id: string; email: string }[]).find(
      ({ email }) => email === person.email,
    );
    const change = { token: ann.token, body: { role: 'viewer' } };
    const changed = await world.ask(`PATCH /v1/members/${found?.id}`, change);
    expect(changed).toMatchObject({ status: 200, body: { role: 'viewer' } });
    for (const token of tokens) {
      const check = async (): Promise<void> =>
        expect((await world.ask('GET /v1/invitations', { token })).status).toBe(403);
      await eventually(check, { deadlineMs: 5000 });
    }
    await world.ask(`DELETE /v1/members/${found?.id}`, { token: ann.token });
    for (const token of tokens) await ended(token);
  });

  it('changes a password: this session goes on, all others end', async () => {
    const person = await member(world, ann, 'member');
    const other = await signIn(world, person);
    const newPassword = 'quite another sentence';
    const change = (currentPassword: string, wanted = newPassword) =>
      world.ask('POST /v1/auth/password', {
        token: person.token,
        body: { currentPassword, newPassword: wanted },
      });
    expect(await change('wrong')).toMatchObject({
      status: 401,
      body: { code: 'auth.wrong-login' },
    });
    expect(await change(person.password, 'passwordpassword')).toMatchObject({
      status: 400,
      body: { code: 'password.weak' },
    });
    expect((await change(person.password)).status).toBe(204);
    await ended(other.token);
    expect(await statusOf(person.token)).toBe(200);
    await expect(signIn(world, person)).rejects.toThrow('401');
    await signIn(world, { ...person, password: newPassword });
  });

  it('resets a forgotten password once, and says nothing about who has an account', async () => {
    const person = await member(world, ann, 'member');
    const forgot = (email: string) =>
      world.ask('POST /v1/auth/password/forgot', { body: { email } });
    const [known, unknown] = [await forgot(person.email), await forgot('nobody@example.com')];
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    const token = await linkToken(world, person.email, 'reset-password');
    const newPassword = 'a sentence I remember';
    const reset = () => world.ask('POST /v1/auth/password/reset', { body: { token, newPassword } });
    expect((await reset()).status).toBe(204);
    expect(await reset()).toMatchObject({ status: 400, body: { code: 'auth.link-spent' } });
    await ended(person.token);
    await signIn(world, { ...person, password: newPassword });
  });

  it('shuts an account after 5 wrong passwords and opens no other', async () => {
    const person = await member(world, ann, 'viewer');
    const { email } = person;
    const tries: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const body = { email, password: 'not this one' };
      tries.push((await world.ask('POST /v1/auth/login', { body })).status);
    }
    expect(tries).toEqual([401, 401, 401, 401, 401, 429]);
    const right = await world.ask('POST /v1/auth/login', {
      body: { email, password: person.password },
    });
    expect(right).toMatchObject({ status: 429, body: { code: 'rate.limited' } });
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    await signIn(world, ann);
  });

  it('lets nobody in while Redis cannot count, and everybody work who is in', async () => {
    await world.servers.redis.stop();
    const { email, password } = ann;
    const login = () => world.ask('POST /v1/auth/login', { body: { email, password } });
    await eventually(async () =>
      expect(await login()).toMatchObject({ status: 503, body: { code: 'store.unavailable' } }),
    );
    expect(await statusOf(ann.token)).toBe(200);
  });

  it('V29 S9 logs no address, password, token or key', () => {
    const log = world.gateway.said.join('');
    for (const canary of [ann.email, ann.password, ann.token, ann.refreshToken, '@example.com']) {
      expect(log).not.toContain(canary);
    }
  });
});
