import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { member, owner, World } from '../support/world.js';

describe('what happened to my own account', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.stop());

  it('shows me my account’s changes and nobody else’s, secrets masked', async () => {
    const me = await owner(world, 'me@example.com');
    const somebody = await member(world, me, 'viewer');
    const password = 'another sentence of mine';
    const changed = await world.ask('POST /v1/auth/password', {
      token: me.token,
      body: { currentPassword: me.password, newPassword: password },
    });
    expect([changed.status, changed.body.code]).toEqual([204, undefined]);
    const answer = await eventually(async () => {
      const found = await world.ask('GET /v1/me/audit', { token: me.token });
      expect((found.body.items as { type: string }[])[0]?.type).toBe('user.password-changed');
      return found;
    });
    const own = (await world.ask('GET /v1/me', { token: me.token })).body.id;
    const items = answer.body.items as { aggregateId: string; after: object }[];
    expect(new Set(items.map(({ aggregateId }) => aggregateId))).toEqual(new Set([own]));
    expect(JSON.stringify(items)).not.toContain('$argon2');
    expect(JSON.stringify(items)).not.toContain(somebody.email);
    const filtered = await world.ask('GET /v1/me/audit?type=user.registered&limit=1', {
      token: me.token,
    });
    expect(filtered.body.items).toHaveLength(1);
  });
});
