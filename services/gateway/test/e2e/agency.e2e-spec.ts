import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasRole, roles, type Role } from '@trunkline/contracts';
import { handleCommand, JetStreamEventStore } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import { tenantRef } from '../../src/app/by.js';
import { tenant as decider, type TenantCommand } from '../../src/domain/tenant.js';
import { matrixRows } from '../support/matrix.js';
import { member, owner, World, type Person } from '../support/world.js';

const guarded = matrixRows().flatMap(({ line, route }) =>
  route.access.kind === 'protected' ? [[line, route.access.role] as const] : [],
);
/** They end the very session the test asks with. */
const goodbyes = new Set([
  'POST /v1/auth/logout',
  'POST /auth/logout',
  'POST /v1/auth/logout-everywhere',
]);

describe('an agency inside its client', () => {
  let world: World;
  let agency: Person;
  let client: string;
  const people = new Map<Role, Person>();
  const inside = new Map<Role, string>();

  beforeAll(async () => {
    world = await World.start({ LOGIN_ATTEMPTS_PER_IP: '100000' });
    await world.startAgents();
    agency = await owner(world, 'agency@example.com');
    const created = await world.ask('POST /v1/clients', {
      token: agency.token,
      body: { name: 'Client' },
    });
    client = created.body.id;
    people.set('owner', agency);
    for (const role of ['admin', 'member', 'viewer'] as const) {
      people.set(role, await member(world, agency, role));
    }
    for (const [role, { token }] of people) {
      const entered = await enter(token);
      if (entered.status !== 200) throw new Error(`enter answered ${entered.status}`);
      inside.set(role, entered.body.accessToken);
    }
  }, 60_000);
  afterAll(() => world.stop());

  const enter = (token: string | undefined) =>
    world.ask('POST /v1/auth/switch-tenant', { token, body: { tenant: client } });
  const statusOf = async (token: string | undefined): Promise<number> =>
    (await world.ask('GET /v1/tenant', { token })).status;
  const change = async (command: TenantCommand): Promise<void> => {
    const store = new JetStreamEventStore(await world.servers.nats.connect({ user: 'operator' }));
    const actor = { kind: 'operator', id: 'test' } as const;
    const origin = { actor, causationId: 'test', correlationId: 'test', signal: undefined };
    await handleCommand(store, decider, { ref: tenantRef(agency.tenant), command, ...origin });
  };

  it.each(roles)('V3 V26 an agency %s is the same in the client, on every route', async (role) => {
    const token = inside.get(role);
    const me = await world.ask('GET /v1/me', { token });
    expect(me.body).toMatchObject({ tenant: client, role });
    for (const [line, needed] of guarded) {
      if (goodbyes.has(line)) continue;
      // A bad body or id stops whoever is let in before anything happens.
      const body = line.startsWith('GET') ? undefined : { unknown: true };
      const answer = await world.ask(line, { token, body });
      const isOpen = needed !== null && hasRole(role, needed);
      const verdict = [401, 403].includes(answer.status) ? answer.status : 'let in';
      expect([line, verdict]).toEqual([line, isOpen ? 'let in' : 403]);
    }
  });

  it('V3 lets a person of the client nowhere near the agency', async () => {
    const token = inside.get('owner');
    const person = await member(world, { ...agency, token: token ?? '' }, 'owner');
    const body = { tenant: agency.tenant };
    const answer = await world.ask('POST /v1/auth/switch-tenant', { token: person.token, body });
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.no-tenant' } });
  });

  it('V3 V26 shuts out of the client whoever the agency removes', async () => {
    const removed = people.get('admin');
    const members = await world.ask('GET /v1/members', { token: agency.token });
    const found = (members.body.items as { id: string; email: string }[]).find(
      ({ email }) => email === removed?.email,
    );
    await world.ask(`DELETE /v1/members/${found?.id}`, { token: agency.token });
    await eventually(async () => expect(await statusOf(inside.get('admin'))).toBe(401), {
      deadlineMs: 5000,
    });
    expect(await statusOf(inside.get('member'))).toBe(200);
  });

  it('V3 shuts everybody of a suspended agency out of its client until it is resumed', async () => {
    await change({ type: 'suspend', reason: 'unpaid' });
    for (const role of ['owner', 'member', 'viewer'] as const) {
      await eventually(async () => expect(await statusOf(inside.get(role))).toBe(401), {
        deadlineMs: 10_000,
      });
    }
    expect((await enter(agency.token)).status).toBe(403);
    await change({ type: 'resume' });
    await eventually(async () => expect(await statusOf(inside.get('owner'))).toBe(200), {
      deadlineMs: 10_000,
    });
  });
});
