import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectMongo } from '@trunkline/platform';
import { isRejectedDocument } from '@trunkline/testing';
import { matrixRows } from '../support/matrix.js';
import { owner, World, type Answer, type Person } from '../support/world.js';

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('the edge as a whole', () => {
  let world: World;
  let ann: Person;

  beforeAll(async () => {
    world = await World.start({ CORS_ORIGINS: 'https://console.test' });
    ann = await owner(world, 'ann@example.com');
  });
  afterAll(() => world.stop());

  it('describes exactly the routes of the matrix, and a page to try them', async () => {
    const document = (await world.ask('GET /openapi.json')).body as unknown as OpenApi;
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const bound = matrixRows().map(
      ({ route, url }) => `${route.method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    expect(described.toSorted()).toEqual(bound.toSorted());
    const page = await fetch(`${world.url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
  });

  it.each(['/v1/nothing', '/v1/clients/a/b/c', '/.env', '/v1/api-keys/../tenant/x'])(
    'answers %s with a problem and a request id',
    async (path) => {
      const answer = await world.ask(`GET ${path}`, { headers: { 'x-request-id': 'my-request' } });
      expect(answer).toMatchObject({
        status: 404,
        body: { code: 'request.not-found', instance: 'my-request' },
      });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('x-request-id')).toBe('my-request');
    },
  );

  it('believes a listed origin and no other', async () => {
    const from = async (origin: string): Promise<string | null> => {
      const answer = await world.ask('GET /v1/me', { token: ann.token, headers: { origin } });
      return answer.headers.get('access-control-allow-origin');
    };
    expect(await from('https://console.test')).toBe('https://console.test');
    expect(await from('https://console.test.evil')).toBeNull();
  });

  it.each([
    ['an unknown field', { name: 'x', surprise: 1 }],
    ['a wrong type', { name: 7 }],
    ['an operator', { name: { $gt: '' } }],
    ['too much', { name: 'x'.repeat(121) }],
    ['nothing', {}],
  ])('refuses %s, names the field and stores nothing', async (_, body) => {
    const before = await world.ask('GET /v1/tenant', { token: ann.token });
    const answer = await world.ask('PATCH /v1/tenant', { token: ann.token, body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(JSON.stringify(answer.body)).toMatch(/body\.(name|surprise)/);
    const after = await world.ask('GET /v1/tenant', { token: ann.token });
    expect(after.body).toEqual(before.body);
  });

  it.each(['x.y', '*', '%3E', 'a%20b', '%2e%2e', 'x'.repeat(65), 'a%00b'])(
    'lets no id %s near a subject',
    async (id) => {
      const answer = await world.ask(`DELETE /v1/api-keys/${id}`, { token: ann.token });
      expect([400, 404]).toContain(answer.status);
    },
  );

  it('V6 lets Mongo itself refuse a role, a state and a kind that do not exist', async () => {
    const { uri, database } = world.servers.mongo;
    const mongo = await connectMongo({ uri, database });
    const wrong = [
      ['gateway-memberships-v1', { role: 'emperor' }],
      ['gateway-invitations-v1', { state: 'lost' }],
      ['gateway-api-keys-v1', { kind: 'skeleton' }],
      ['gateway-links', { purpose: 'other' }],
    ] as const;
    try {
      for (const [name, fields] of wrong) {
        const doc = { _id: 'x', tenant: 't', ...fields };
        const write = mongo.platformCollection<{ _id: string }>(name).insertOne(doc);
        await expect(write.catch((error) => isRejectedDocument(error))).resolves.toBe(true);
      }
    } finally {
      await mongo.close();
    }
  });

  it('V2 V5 T7 keeps people, tenants, clients, members, invitations and keys in collections', async () => {
    const { uri, database } = world.servers.mongo;
    const mongo = await connectMongo({ uri, database });
    try {
      const found = await mongo
        .platformDatabase()
        .listCollections({}, { nameOnly: true })
        .toArray();
      expect(found.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'gateway-users-v1',
          'gateway-tenants-v1',
          'gateway-clients-v1',
          'gateway-memberships-v1',
          'gateway-invitations-v1',
          'gateway-api-keys-v1',
          'gateway-audit-v1',
          'gateway-sessions',
        ]),
      );
    } finally {
      await mongo.close();
    }
  });

  it('slows a tenant and a key down, each by its own limit, and says for how long', async () => {
    const issued = await world.ask('POST /v1/api-keys', {
      token: ann.token,
      body: { name: 'busy', kind: 'admin', scopes: ['tenant:read'] },
    });
    const burst = (): Promise<Answer[]> =>
      Promise.all(
        Array.from({ length: 5 }, () => world.ask('GET /v1/tenant', { token: issued.body.key })),
      );
    for (const name of ['REQUESTS_PER_MINUTE_PER_KEY', 'REQUESTS_PER_MINUTE_PER_TENANT']) {
      await world.restart({ [name]: '12' });
      const answers = await burst();
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
      const [refused] = answers.filter(({ status }) => status === 429);
      expect(refused?.body.code).toBe('rate.limited');
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('holds a client to the requests a minute its agency allows it', async () => {
    await world.restart();
    const ask = (token: string, line: string, body?: unknown) => world.ask(line, { token, body });
    const client = await ask(ann.token, 'POST /v1/clients', { name: 'Held' });
    const inside = await ask(ann.token, 'POST /v1/auth/switch-tenant', { tenant: client.body.id });
    const { accessToken } = inside.body;
    expect((await ask(accessToken, 'GET /v1/tenant')).status).toBe(200);
    const limits = { requestsPerMinute: 1, concurrentCalls: null, callsPerDay: null };
    await ask(ann.token, `PUT /v1/clients/${client.body.id}/limits`, limits);
    const twice = [await ask(accessToken, 'GET /v1/tenant'), await ask(accessToken, 'GET /v1/me')];
    const refused = twice.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ code: 'rate.limited' });
    expect((await ask(ann.token, 'GET /v1/tenant')).status).toBe(200);
  });

  it('counts the addresses of one IPv6 network as one caller', async () => {
    await world.restart({ TRUSTED_PROXIES: '127.0.0.1', LOGIN_ATTEMPTS_PER_IP: '3' });
    const login = async (index: number, network: string): Promise<number> => {
      const body = { email: `guess-${index}@example.com`, password: 'not this one' };
      const headers = { 'x-forwarded-for': `${network}::${index}` };
      return (await world.ask('POST /v1/auth/login', { body, headers })).status;
    };
    const tries: number[] = [];
    for (let index = 1; index <= 4; index += 1) tries.push(await login(index, '2001:db8:1:2'));
    expect(tries).toEqual([401, 401, 401, 429]);
    expect(await login(5, '2001:db8:1:3')).toBe(401);
  });
});
