import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { takeAway } from '../support/documents.js';
import { linkToken, member, owner, World, type Person } from '../support/world.js';

const KILLED = 'SIGKILL';

describe('forgetting a person', () => {
  let world: World;
  let here: Person;
  let there: Person;

  beforeAll(async () => {
    world = await World.start({
      LOGIN_ATTEMPTS_PER_IP: '100000',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1000',
    });
    here = await owner(world, 'here@example.com');
    there = await owner(world, 'there@example.com');
  });
  afterEach(async () => {
    if (!world.gateway.isRunning) await world.restart();
  });
  afterAll(() => world.stop());

  const ask = (person: Person, line: string, body?: unknown) =>
    world.ask(line, { token: person.token, body });
  const erase = (person: Person) => ask(person, 'POST /v1/me/erase', { password: person.password });
  const invite = async (inviter: Person, email: string): Promise<string> => {
    const invited = await ask(inviter, 'POST /v1/invitations', { email, role: 'viewer' });
    expect(invited.status).toBe(201);
    return invited.body.id;
  };
  const lastFactOf = async (tenant: string, id: string): Promise<string | undefined> => {
    const history = await world.history({ tenant, aggregate: 'invitation', id });
    return history.at(-1)?.type;
  };
  /** Whoever was forgotten may come anew, by the same address. */
  const comesAnew = async (email: string): Promise<void> => {
    await invite(there, email);
    const token = await linkToken(world, email);
    const body = { token, name: 'Anew', password: 'a sentence of the second life' };
    // After a crash the read model may be a moment late.
    await eventually(async () => {
      expect((await world.ask('POST /v1/invitations/accept', { body })).body).toMatchObject({
        tenant: there.tenant,
      });
    });
  };
  const dieAfter = (fact: string): Promise<void> => world.restart({ FAILPOINT: fact });

  it('forgets the address in every invitation, of tenants left, open or revoked', async () => {
    const person = await member(world, here, 'member');
    const spelled = person.email.toUpperCase();
    const ids = [await invite(there, person.email), await invite(there, spelled)];
    await ask(there, `DELETE /v1/invitations/${ids[0]}`);
    const token = await linkToken(world, spelled);
    const body = { token, name: 'x', password: person.password };
    expect((await world.ask('POST /v1/invitations/accept', { body })).status).toBe(200);
    const joined = await ask(there, 'GET /v1/members');
    const found = (joined.body.items as { id: string; email: string }[]).find(
      (one) => one.email === person.email,
    );
    await ask(there, `DELETE /v1/members/${found?.id}`);
    ids.push(await invite(there, person.email));
    expect((await erase(person)).status).toBe(204);
    const last = await Promise.all(ids.map((id) => lastFactOf(there.tenant, id)));
    expect(last).toEqual(ids.map(() => 'invitation.erased'));
    expect((await world.dumpMongo()).toLowerCase()).not.toContain(person.email);
  });

  it('has forgotten the invitations before anything that a crash makes unrepeatable', async () => {
    const person = await member(world, here, 'member');
    await dieAfter('membership.removed');
    await expect(erase(person)).rejects.toThrow('fetch failed');
    expect(await world.gateway.ended()).toBe(KILLED);
    await world.restart();
    const { body } = await ask(here, 'GET /v1/invitations');
    expect(JSON.stringify(body)).not.toContain(person.email);
    expect(await world.admin('erase-person', '--email', person.email)).toMatchObject({
      erased: expect.any(String),
    });
    expect(await world.dumpMongo()).not.toContain(person.email);
    await comesAnew(person.email);
  });

  it('frees an address whose holder was erased just before a crash', async () => {
    const person = await member(world, here, 'member');
    const me = await ask(person, 'GET /v1/me');
    await dieAfter('user.erased');
    await expect(erase(person)).rejects.toThrow('fetch failed');
    expect(await world.gateway.ended()).toBe(KILLED);
    await world.restart();
    // What the projector does when it gets the event again that died with the process.
    await takeAway(world, 'gateway-users-v1', me.body.id);
    await comesAnew(person.email);
  });

  it('leaves everything as it was when the last owner of a tenant asks', async () => {
    const person = await owner(world, `last-${randomBytes(4).toString('hex')}@example.com`);
    const open = await invite(there, person.email);
    const refused = await erase(person);
    expect(refused).toMatchObject({ status: 409, body: { code: 'member.last-owner' } });
    expect(await lastFactOf(there.tenant, open)).toBe('invitation.issued');
    await expect(world.admin('erase-person', '--email', person.email)).rejects.toThrow(
      'member.last-owner',
    );
    expect((await ask(person, 'GET /v1/me')).status).toBe(200);
  });

  it('lets the operator forget somebody by address or by id, and again', async () => {
    const [one, two] = [await member(world, here, 'viewer'), await member(world, here, 'viewer')];
    const me = await ask(two, 'GET /v1/me');
    const byEmail = await world.admin('erase-person', '--email', one.email.toUpperCase());
    const byId = await world.admin('erase-person', '--user', me.body.id);
    expect(byId).toEqual({ erased: me.body.id });
    const dump = await world.dumpMongo();
    for (const { email, password } of [one, two]) {
      expect(dump).not.toContain(email);
      const login = { email, password };
      expect((await world.ask('POST /v1/auth/login', { body: login })).status).toBe(401);
      await comesAnew(email);
    }
    expect(await world.admin('erase-person', '--user', byEmail['erased'] ?? '')).toEqual(byEmail);
    await expect(world.admin('erase-person', '--email', 'who@example.com')).rejects.toThrow(
      'who@example.com',
    );
    await expect(world.admin('erase-person')).rejects.toThrow('--email');
  });
});
