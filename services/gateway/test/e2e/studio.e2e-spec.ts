import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { linkToken, member, signIn, World, type Body } from '../support/world.js';

describe('the studio: from a stranger to a number that an agent answers', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ SIGNUP: 'open' });
    await world.startAgents();
  }, 60_000);
  afterAll(() => world.stop());

  it('T2 signs a stranger up, manages an organisation, configures an agent and its telephony', async () => {
    const stranger = { email: 'ann@example.com', password: 'a sentence nobody guesses' };
    const account = { ...stranger, name: 'Ann', tenantName: 'Ann & Co' };
    expect((await world.ask('POST /v1/auth/sign-up', { body: account })).status).toBe(202);
    const token = await linkToken(world, stranger.email);
    await world.ask('POST /v1/auth/email/verify', { body: { token } });
    const ann = await signIn(world, stranger);
    const as = async (access: string, line: string, body?: unknown): Promise<Body> => {
      const answer = await world.ask(line, { token: access, body });
      expect([line, answer.status]).toEqual([line, line.startsWith('POST') ? 201 : 200]);
      return answer.body;
    };

    const { id: client } = await as(ann.token, 'POST /v1/clients', { name: 'Client' });
    const entered = await world.ask('POST /v1/auth/switch-tenant', {
      token: ann.token,
      body: { tenant: client },
    });
    const inside = { ...ann, tenant: client, token: entered.body.accessToken };
    const admin = await member(world, inside, 'admin');
    expect(admin.tenant).toBe(client);
    expect((await as(inside.token, 'GET /v1/members')).items).toHaveLength(1);

    const agent = await as(admin.token, 'POST /v1/agents', {
      name: 'Front desk',
      system_prompt: 'Greet people.',
    });
    await as(admin.token, 'POST /v1/credentials', {
      provider: 'openai',
      label: 'ours',
      apiKey: 'sk-canary-000000000001',
    });
    const carrier = await as(admin.token, 'POST /v1/carrier-accounts', {
      carrier: 'twilio',
      label: 'ours',
      accountId: `AC${'0'.repeat(32)}`,
      authToken: 'canary-000000000001',
    });
    const route = await as(admin.token, 'POST /v1/routes', {
      carrierAccount: carrier.id,
      number: '+12025550123',
      direction: 'inbound',
      agent: agent.id,
    });
    expect(await as(admin.token, `GET /v1/routes/${route.id}`)).toMatchObject({ agent: agent.id });

    const outside = await world.ask(`GET /v1/routes/${route.id}`, { token: ann.token });
    expect(outside.status).toBe(404);
  });
});
