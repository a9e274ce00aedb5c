import { decodeJwt } from 'jose';
import { World } from '../support/world.js';

describe('signing in', () => {
  let world: World;
  let owner: { email: string; password: string; tenant: string };

  beforeAll(async () => {
    world = await World.start();
    const printed = await world.admin(
      'create-owner',
      '--email',
      'ann@example.com',
      '--tenant',
      'Acme',
    );
    owner = printed as typeof owner;
  });
  afterAll(() => world.stop());

  it('E20 POST /auth/login answers { token, expires_in: 3600 } and a token of five claims', async () => {
    const { email, password } = owner;
    const answer = await world.ask('POST /auth/login', { body: { email, password } });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).toSorted()).toEqual(['expires_in', 'token']);
    expect(answer.body['expires_in']).toBe(3600);
    const claims = decodeJwt(answer.body['token']);
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
    const me = await world.ask('GET /v1/me', { token: answer.body['token'] });
    expect(me).toMatchObject({ status: 200, body: { email, tenant: owner.tenant, role: 'owner' } });
  });
});
