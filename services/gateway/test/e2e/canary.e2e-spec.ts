import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { dumpLog, dumpRedis, runEraser } from '../support/forgotten.js';
import { linkToken, owner, signIn, World, type Person } from '../support/world.js';

describe('a person from registering to being forgotten', () => {
  let world: World;
  let boss: Person;

  beforeAll(async () => {
    world = await World.start();
    boss = await owner(world, 'boss@example.com');
  });
  afterAll(() => world.stop());

  /** Where the canary is, whether in its address or in its name. */
  const placesOf = async (canary: string): Promise<string[]> => {
    const places = {
      mongo: await world.dumpMongo(),
      log: await dumpLog(world),
      redis: await dumpRedis(world),
      said: world.gateway.said.join(''),
    };
    return Object.entries(places)
      .filter(([, text]) => text.toLowerCase().includes(canary))
      .map(([place]) => place);
  };

  it('leaves the address and the name in no document, event, cached answer or log line', async () => {
    const canary = `canary${randomBytes(6).toString('hex')}`;
    const email = `${canary}@example.com`;
    const invitation = {
      token: boss.token,
      body: { email, role: 'member' },
      headers: { 'idempotency-key': 'k1' },
    };
    const first = await world.ask('POST /v1/invitations', invitation);
    expect(first.status).toBe(201);
    expect((await world.ask('POST /v1/invitations', invitation)).body).toEqual(first.body);
    const password = 'the sentence of a small bird';
    const body = { token: await linkToken(world, email), name: `Name ${canary}`, password };
    expect((await world.ask('POST /v1/invitations/accept', { body })).status).toBe(200);
    const person = await signIn(world, { email, password });
    const newPassword = 'the sentence of a bigger bird';
    const change = { token: person.token, body: { currentPassword: password, newPassword } };
    expect((await world.ask('POST /v1/auth/password', change)).status).toBe(204);
    const wrong = { email, password };
    expect((await world.ask('POST /v1/auth/login', { body: wrong })).status).toBe(401);
    expect(await placesOf(canary)).toEqual(['mongo', 'log']);
    const erased = await world.ask('POST /v1/me/erase', {
      token: person.token,
      body: { password: newPassword },
    });
    expect(erased.status).toBe(204);
    expect(await placesOf(canary)).toEqual(['log']);
    await eventually(
      async () => {
        await runEraser(world);
        expect(await placesOf(canary)).toEqual([]);
      },
      { deadlineMs: 30_000 },
    );
  }, 90_000);
});
