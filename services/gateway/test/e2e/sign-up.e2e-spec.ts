import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { linkToken, owner, signIn, World } from '../support/world.js';

const request = {
  email: 'new@example.com',
  password: 'a sentence nobody guesses',
  name: 'New',
  tenantName: 'New & Co',
};

describe('signing up', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start({ SIGNUP: 'open' });
  });
  afterAll(() => world.stop());

  it('needs the mailbox before the first login, and then stands in a tenant of its own', async () => {
    const signedUp = await world.ask('POST /v1/auth/sign-up', { body: request });
    expect(signedUp).toMatchObject({ status: 202, body: { accepted: true } });
    const early = await world.ask('POST /v1/auth/login', {
      body: { email: request.email, password: request.password },
    });
    expect(early).toMatchObject({ status: 403, body: { code: 'auth.email-unverified' } });
    const token = await linkToken(world, request.email);
    const verify = () => world.ask('POST /v1/auth/email/verify', { body: { token } });
    expect((await verify()).status).toBe(204);
    expect(await verify()).toMatchObject({ status: 400, body: { code: 'auth.link-spent' } });
    const person = await signIn(world, request);
    const me = await world.ask('GET /v1/me', { token: person.token });
    expect(me.body).toMatchObject({
      role: 'owner',
      roleName: 'agency_owner',
      memberships: [{ tenantName: 'New & Co', role: 'owner' }],
    });
  });

  it('answers the same for an address that has an account, and mails its owner', async () => {
    const again = { ...request, password: 'a sentence of somebody else' };
    const answer = await world.ask('POST /v1/auth/sign-up', { body: again });
    expect(answer).toMatchObject({ status: 202, body: { accepted: true } });
    const mails = await world.mailsTo(request.email);
    expect(mails.at(-1)).toMatchObject({ template: 'account-exists' });
    await expect(signIn(world, again)).rejects.toThrow('401');
  });

  it('finishes an unfinished sign-up when it is repeated', async () => {
    const email = 'twice@example.com';
    const body = { ...request, email, slug: 'twice' };
    for (let round = 0; round < 2; round += 1) {
      expect((await world.ask('POST /v1/auth/sign-up', { body })).status).toBe(202);
    }
    const token = await linkToken(world, email);
    await world.ask('POST /v1/auth/email/verify', { body: { token } });
    const { token: access } = await signIn(world, body);
    const me = await world.ask('GET /v1/me', { token: access });
    expect(me.body.memberships).toHaveLength(1);
  });

  it('refuses a slug that is taken, whether or not the address has an account', async () => {
    const asked = { ...request, password: 'a sentence of a stranger', slug: 'twice' };
    for (const email of [request.email, 'twice@example.com', 'unheard-of@example.com']) {
      const answer = await world.ask('POST /v1/auth/sign-up', { body: { ...asked, email } });
      expect([email, answer.status, answer.body.code]).toEqual([email, 409, 'slug.taken']);
      expect(await world.mailsTo('unheard-of@example.com')).toEqual([]);
    }
  });

  it('gives an address to one of many who want it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        world.ask('POST /v1/auth/sign-up', {
          body: { ...request, email: 'raced@example.com', password: `racer number ${index} runs` },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    const mails = await world.mailsTo('raced@example.com');
    expect(mails.filter(({ template }) => template === 'verify-email')).toHaveLength(1);
  });

  it('refuses weak passwords, unknown fields and operators, naming field and reason', async () => {
    const weak = { ...request, email: 'weak@example.com', password: 'passwordpassword' };
    expect(await world.ask('POST /v1/auth/sign-up', { body: weak })).toMatchObject({
      status: 400,
      body: { code: 'password.weak' },
    });
    const bad = { ...request, email: { $gt: '' }, role: 'owner', tenant: 'x' };
    const answer = await world.ask('POST /v1/auth/sign-up', { body: bad });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(JSON.stringify(answer.body)).toContain('email');
    expect(await world.mailsTo('weak@example.com')).toEqual([]);
  });

  it('is closed unless it is opened, but not for the operator', async () => {
    await world.restart({ SIGNUP: 'closed' });
    const body = { ...request, email: 'late@example.com' };
    expect(await world.ask('POST /v1/auth/sign-up', { body })).toMatchObject({
      status: 403,
      body: { code: 'signup.closed' },
    });
    const first = await owner(world, 'operator@example.com');
    expect((await world.ask('GET /v1/me', { token: first.token })).status).toBe(200);
  });

  it('refuses wrong settings, all of them at once, with exit 78', async () => {
    const wrong = { SIGNUP: 'maybe', HTTP_PORT: 'x', FAILPOINT: 'UPPER', PUBLIC_BASE_URL: 'no' };
    const everyName = new RegExp(
      Object.keys(wrong)
        .map((name) => `(?=[\\s\\S]*${name})`)
        .join(''),
    );
    await expect(world.restart(wrong)).rejects.toThrow(everyName);
  });
});
