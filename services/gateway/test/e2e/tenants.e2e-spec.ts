import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { linkToken, member, owner, signIn, World, type Person } from '../support/world.js';

describe('tenants and the people in them', () => {
  let world: World;
  let agency: Person;
  let other: Person;

  beforeAll(async () => {
    world = await World.start({ LOGIN_ATTEMPTS_PER_IP: '100000' });
    agency = await owner(world, 'agency@example.com');
    other = await owner(world, 'other@example.com');
  });
  afterAll(() => world.stop());

  const ask = (person: Person, line: string, body?: unknown) =>
    world.ask(line, { token: person.token, body });
  const memberId = async (asking: Person, email: string): Promise<string> => {
    const { body } = await ask(asking, 'GET /v1/members');
    const found = (body.items as { id: string; email: string }[]).find(
      (one) => one.email === email,
    );
    return found?.id ?? 'nobody';
  };
  const switchTo = async (person: Person, tenant: string): Promise<Person> => {
    const { status, body } = await ask(person, 'POST /v1/auth/switch-tenant', { tenant });
    if (status !== 200) throw new Error(`switch answered ${status} ${body.code}`);
    return { ...person, tenant: body.tenant, token: body.accessToken };
  };

  it('T7 S10 renames a tenant and sets what its agents start from', async () => {
    const renamed = await ask(agency, 'PATCH /v1/tenant', { name: 'Agency Ltd' });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Agency Ltd', parent: null } });
    const defaults = {
      llmProvider: 'openai',
      llmModel: 'gpt-4.1-mini',
      voice: 'v1',
      language: 'en',
      promptKey: null,
    };
    await ask(agency, 'PUT /v1/tenant/runtime-defaults', defaults);
    expect((await ask(agency, 'GET /v1/tenant/runtime-defaults')).body).toEqual(defaults);
    expect((await ask(other, 'GET /v1/tenant')).body).not.toMatchObject({ name: 'Agency Ltd' });
  });

  it('V5 V3 keeps clients under their agency and out of everybody else’s sight', async () => {
    const created = await ask(agency, 'POST /v1/clients', {
      name: 'Client One',
      slug: 'client-one',
    });
    expect(created).toMatchObject({ status: 201, body: { parent: agency.tenant } });
    const id: string = created.body.id;
    const listed = await ask(agency, 'GET /v1/clients');
    expect(listed.body.items).toEqual([expect.objectContaining({ id, name: 'Client One' })]);
    expect((await ask(other, 'GET /v1/clients')).body.items).toEqual([]);
    expect((await ask(other, `GET /v1/clients/${id}`)).status).toBe(404);
    await expect(switchTo(other, id)).rejects.toThrow('403 auth.no-tenant');
    const inside = await switchTo(agency, id);
    const me = await ask(inside, 'GET /v1/me');
    expect(me.body).toMatchObject({ tenant: id, role: 'owner', roleName: 'client_admin' });
    expect(await ask(inside, 'POST /v1/clients', { name: 'Grandchild' })).toMatchObject({
      status: 409,
      body: { code: 'tenant.is-client' },
    });
    const person = await member(world, inside, 'viewer');
    expect(person.tenant).toBe(id);
    expect((await ask(person, 'GET /v1/me')).body).toMatchObject({ roleName: 'client_viewer' });
    expect((await ask(person, `GET /v1/clients/${id}`)).status).toBe(403);
    await expect(switchTo(person, agency.tenant)).rejects.toThrow('403 auth.no-tenant');
    expect((await ask(agency, 'GET /v1/members')).body.items).toHaveLength(1);
  });

  it('refuses a slug that somebody has', async () => {
    const taken = await ask(other, 'POST /v1/clients', { name: 'Copy', slug: 'client-one' });
    expect(taken).toMatchObject({ status: 409, body: { code: 'slug.taken' } });
  });

  it('shuts a suspended client, people and keys, until it is resumed', async () => {
    const { body } = await ask(agency, 'POST /v1/clients', { name: 'Late payer' });
    const inside = await switchTo(agency, body.id);
    const key = await ask(inside, 'POST /v1/api-keys', {
      name: 'k',
      kind: 'admin',
      scopes: ['tenant:read'],
    });
    const withKey = () => world.ask('GET /v1/tenant', { token: key.body.key });
    expect((await withKey()).status).toBe(200);
    const limits = { requestsPerMinute: 60, concurrentCalls: 2, callsPerDay: 100 };
    const limited = await ask(agency, `PUT /v1/clients/${body.id}/limits`, limits);
    expect(limited.body).toMatchObject({ limits });
    await ask(agency, `POST /v1/clients/${body.id}/suspend`, { reason: 'unpaid' });
    for (const answer of [await withKey(), await ask(inside, 'GET /v1/me')]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'tenant.suspended' } });
    }
    await ask(agency, `POST /v1/clients/${body.id}/resume`);
    expect((await withKey()).status).toBe(200);
  });

  it('never lets the last owner go, not even when two leave at once', async () => {
    const first = await owner(world, 'first@example.com');
    const leave = (person: Person) => ask(person, 'POST /v1/me/leave');
    expect(await leave(first)).toMatchObject({ status: 409, body: { code: 'member.last-owner' } });
    const down = await ask(first, `PATCH /v1/members/${await memberId(first, first.email)}`, {
      role: 'admin',
    });
    expect(down).toMatchObject({ status: 409, body: { code: 'member.last-owner' } });
    const second = await member(world, first, 'owner');
    const left = await Promise.all([leave(first), leave(second)]);
    expect(left.map(({ status }) => status).toSorted()).toEqual([204, 409]);
  });

  it('lets only owners make and unmake owners', async () => {
    const admin = await member(world, other, 'admin');
    const person = await member(world, other, 'member');
    const patch = async (email: string, role: string) =>
      ask(admin, `PATCH /v1/members/${await memberId(admin, email)}`, { role });
    expect((await patch(person.email, 'owner')).status).toBe(403);
    expect((await patch(other.email, 'viewer')).status).toBe(403);
    expect((await patch(person.email, 'viewer')).status).toBe(200);
    const remove = await ask(admin, `DELETE /v1/members/${await memberId(admin, other.email)}`);
    expect(remove.status).toBe(403);
    const invite = await ask(admin, 'POST /v1/invitations', {
      email: 'o@example.com',
      role: 'owner',
    });
    expect(invite.status).toBe(403);
  });

  it('takes an invitation once, not after it was revoked, and not by an old link', async () => {
    const email = 'guest@example.com';
    const accept = (token: string) =>
      world.ask('POST /v1/invitations/accept', {
        body: { token, name: 'Guest', password: 'a sentence for guests' },
      });
    const revoked = await ask(other, 'POST /v1/invitations', { email, role: 'member' });
    const oldToken = await linkToken(world, email);
    await ask(other, `DELETE /v1/invitations/${revoked.body.id}`);
    expect(await accept(oldToken)).toMatchObject({
      status: 400,
      body: { code: 'auth.link-spent' },
    });
    await ask(other, 'POST /v1/invitations', { email, role: 'member' });
    const token = await linkToken(world, email);
    // Of the last character some bits carry nothing: another first one is surely another token.
    const otherStart = token.startsWith('A') ? 'B' : 'A';
    expect((await accept(`${otherStart}${token.slice(1)}`)).status).toBe(400);
    expect((await accept(token)).status).toBe(200);
    expect(await ask(other, 'POST /v1/invitations', { email, role: 'viewer' })).toMatchObject({
      status: 409,
      body: { code: 'member.exists' },
    });
    await ask(other, `DELETE /v1/members/${await memberId(other, email)}`);
    expect(await accept(token)).toMatchObject({ status: 400, body: { code: 'auth.link-spent' } });
    const states = await ask(other, 'GET /v1/invitations');
    const ofGuest = (states.body.items as { email: string; state: string }[]).filter(
      (one) => one.email === email,
    );
    expect(ofGuest.map(({ state }) => state)).toEqual(['accepted', 'revoked']);
  });

  it('lets one account be in several tenants, each session in one', async () => {
    const person = await member(world, agency, 'member');
    await ask(other, 'POST /v1/invitations', { email: person.email, role: 'admin' });
    const token = await linkToken(world, person.email);
    const wrong = { token, name: 'x', password: 'not the own password' };
    expect((await world.ask('POST /v1/invitations/accept', { body: wrong })).status).toBe(401);
    const body = { token, name: 'x', password: person.password };
    expect((await world.ask('POST /v1/invitations/accept', { body })).status).toBe(200);
    const elsewhere = await signIn(world, person, other.tenant);
    expect((await ask(elsewhere, 'GET /v1/me')).body).toMatchObject({
      tenant: other.tenant,
      role: 'admin',
    });
    expect((await ask(person, 'GET /v1/me')).body).toMatchObject({
      tenant: agency.tenant,
      role: 'member',
    });
  });

  it('erases a person: gone from every tenant, and the address is free again', async () => {
    const person = await member(world, other, 'member');
    const erase = (password: string) => ask(person, 'POST /v1/me/erase', { password });
    expect((await erase('wrong password here')).status).toBe(401);
    expect((await erase(person.password)).status).toBe(204);
    expect((await ask(person, 'GET /v1/me')).status).toBe(401);
    await expect(signIn(world, person)).rejects.toThrow('401');
    expect(await memberId(other, person.email)).toBe('nobody');
    const invitations = await ask(other, 'GET /v1/invitations');
    expect(JSON.stringify(invitations.body)).not.toContain(person.email);
    expect(await world.dumpMongo()).not.toContain(person.email);
    await ask(other, 'POST /v1/invitations', { email: person.email, role: 'viewer' });
    const token = await linkToken(world, person.email);
    const body = { token, name: 'Anew', password: person.password };
    expect((await world.ask('POST /v1/invitations/accept', { body })).status).toBe(200);
  });

  it('has views that a rebuild from the first event gives again', async () => {
    expect(await world.verifyViews()).toEqual([]);
  });
});
