import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { putBack, takeAway } from '../support/documents.js';
import { member, owner, World, type Person } from '../support/world.js';

describe('when a read model is late', () => {
  let world: World;
  let agency: Person;

  beforeAll(async () => {
    world = await World.start();
    agency = await owner(world, 'agency@example.com');
  });
  afterAll(() => world.stop());

  const ask = (person: Person, line: string, body?: unknown) =>
    world.ask(line, { token: person.token, body });
  const newClient = async (name: string): Promise<string> => {
    const created = await ask(agency, 'POST /v1/clients', { name });
    expect(created.status).toBe(201);
    await takeAway(world, 'gateway-tenants-v1', created.body.id);
    return created.body.id;
  };

  it('finds what was created, as the log is not late', async () => {
    const id = await newClient('Just made');
    expect(await ask(agency, `GET /v1/clients/${id}`)).toMatchObject({
      status: 200,
      body: { id, name: 'Just made' },
    });
    const limits = { requestsPerMinute: 60, concurrentCalls: 2, callsPerDay: 100 };
    expect(await ask(agency, `PUT /v1/clients/${id}/limits`, limits)).toMatchObject({
      status: 200,
      body: { id, limits },
    });
    expect((await ask(agency, 'GET /v1/clients/nobody')).status).toBe(404);
  });

  it('shows nobody the client of another agency', async () => {
    const other = await owner(world, 'other@example.com');
    const id = await newClient('Not theirs');
    expect((await ask(other, `GET /v1/clients/${id}`)).status).toBe(404);
  });

  it('answers a rotated key from the log', async () => {
    const request = { name: 'k', kind: 'admin', scopes: ['tenant:read'] };
    const issued = await ask(agency, 'POST /v1/api-keys', request);
    await takeAway(world, 'gateway-api-keys-v1', issued.body.id);
    const line = `POST /v1/api-keys/${issued.body.id}/rotate`;
    const rotated = await ask(agency, line, { overlapSeconds: 0 });
    expect(rotated).toMatchObject({ status: 200, body: { id: issued.body.id, name: 'k' } });
    expect((await world.ask('GET /v1/tenant', { token: rotated.body.key })).status).toBe(200);
  });

  it('never lets the last owner go by a role that is not true any more', async () => {
    const first = await owner(world, 'first@example.com');
    const second = await member(world, first, 'owner');
    const members = await ask(first, 'GET /v1/members');
    const found = (members.body.items as { id: string; email: string }[]).find(
      (one) => one.email === second.email,
    );
    const id = found?.id ?? '';
    await putBack(world, 'gateway-memberships-v1', id, { role: 'member' });
    expect((await ask(first, `DELETE /v1/members/${id}`)).status).toBe(204);
    expect(await ask(first, 'POST /v1/me/leave')).toMatchObject({
      status: 409,
      body: { code: 'member.last-owner' },
    });
  });
});
