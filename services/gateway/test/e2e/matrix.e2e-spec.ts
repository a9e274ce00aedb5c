import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasRole, roles, type Principal, type Role } from '@trunkline/contracts';
import { PrincipalSigner } from '@trunkline/platform';
import {
  forge,
  isElsewhere,
  KeyCabinet,
  matrixRows,
  webhookRows,
  wrongKeys,
} from '../support/matrix.js';
import { member, owner, World, type Person } from '../support/world.js';

const rows = matrixRows();
const isPublic = (row: (typeof rows)[number]): boolean => row.route.access.kind === 'public';
const guarded = rows.filter((row) => !isPublic(row)).map((row) => [row.line, row] as const);
const open = rows.filter(isPublic).map((row) => [row.line, row] as const);

/** Bodies that are valid as far as the table goes, for routes that name a thing of mine by id. */
const bodies: Record<string, unknown> = {
  setClientLimits: { requestsPerMinute: 1, concurrentCalls: 1, callsPerDay: 1 },
  suspendClient: { reason: 'not mine' },
  changeRole: { role: 'viewer' },
  rotateKey: { overlapSeconds: 0 },
  patchDraft: { revision: 1, name: 'Stolen' },
  publishAgent: { revision: 1 },
  rollBackAgent: { version: 1 },
  addDocument: { title: 'Stolen', text: 'x' },
  updateTool: { kind: 'internal', name: 'stolen', description: 'x', action: 'hang-up' },
  rotateCredential: { apiKey: 'stolen-key-0000' },
  rotateCarrierAccount: { secret: 'stolen-key-0000' },
};
const queries: Readonly<Record<string, string>> = { diffAgent: '?from=1&to=1' };

describe('the matrix: every route of the table and every wrong credential', () => {
  let world: World;
  let mine: Person;
  let stranger: Person;
  let keys: KeyCabinet;
  const people = new Map<Role, Person>();
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    world = await World.start();
    await world.startAgents();
    mine = await owner(world, 'mine@example.com');
    stranger = await owner(world, 'stranger@example.com');
    keys = new KeyCabinet(world, mine);
    people.set('owner', mine);
    for (const role of ['admin', 'member', 'viewer'] as const) {
      people.set(role, await member(world, mine, role));
    }
    const ask = (line: string, body?: unknown) => world.ask(line, { token: mine.token, body });
    const make = async (line: string, body: unknown): Promise<string> => {
      const made = await ask(line, body);
      if (made.status !== 201) throw new Error(`${line}: ${JSON.stringify(made.body)}`);
      return made.body.id;
    };
    ids['version'] = '1';
    ids['clientId'] = await make('POST /v1/clients', { name: 'Client' });
    const invitation = { email: 'x@example.com', role: 'viewer' };
    ids['invitationId'] = await make('POST /v1/invitations', invitation);
    const key = { name: 'k', kind: 'runtime', scopes: ['calls:read'] };
    ids['keyId'] = await make('POST /v1/api-keys', key);
    const members = await ask('GET /v1/members');
    ids['memberId'] = (members.body.items as { id: string }[])[0]?.id ?? '';
    ids['agentId'] = await make('POST /v1/agents', { name: 'Mine', system_prompt: 'Be kind.' });
    ids['toolId'] = await make('POST /v1/tools', {
      kind: 'internal',
      name: 'bye',
      description: 'Ends the call',
      action: 'hang-up',
    });
    ids['documentId'] = await make(`POST /v1/agents/${ids['agentId']}/knowledge`, {
      title: 'Hours',
      text: 'We open at nine.',
    });
    ids['credentialId'] = await make('POST /v1/credentials', {
      provider: 'openai',
      label: 'mine',
      apiKey: 'sk-canary-000000000001',
    });
    ids['accountId'] = await make('POST /v1/carrier-accounts', {
      carrier: 'twilio',
      label: 'mine',
      accountId: `AC${'0'.repeat(32)}`,
      authToken: 'canary-000000000001',
    });
    ids['routeId'] = await make('POST /v1/routes', {
      carrierAccount: ids['accountId'],
      number: '+12025550123',
      direction: 'inbound',
      agent: ids['agentId'],
    });
    const own = await world.ask('POST /v1/agents', {
      token: stranger.token,
      body: { name: 'Theirs', system_prompt: 'Be kind.' },
    });
    bodies['rebindRoute'] = { agent: own.body.id };
  }, 60_000);
  afterAll(() => world.stop());

  it('V23 knows every route: protected ones say for whom, open ones say why', () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const { route, line } of rows) {
      const { access } = route;
      const isExplained = access.kind === 'protected' || access.why.length > 10;
      expect([line, isExplained]).toEqual([line, true]);
    }
  });

  it.each(guarded)('V23 %s refuses who shows nothing, or nothing good', async (line) => {
    expect(await world.ask(line)).toMatchObject({ status: 401, body: { code: 'auth.required' } });
    const past = Math.floor(Date.now() / 1000) - 60;
    const wrong = {
      expired: await forge(world, mine.token, { claims: { iat: past - 600, exp: past } }),
      'wrong audience': await forge(world, mine.token, { claims: { aud: 'somebody-else' } }),
      'wrong issuer': await forge(world, mine.token, { claims: { iss: 'https://evil.test' } }),
      'wrong type': await forge(world, mine.token, { header: { typ: 'principal+jwt' } }),
      'another tenant': await forge(world, mine.token, { claims: { tenant: stranger.tenant } }),
      'broken signature': `${mine.token.slice(0, -8)}AAAAAAAA`,
      'not a token': 'abc',
      'unknown key': `tl_adm_0123456789abcdef_${'A'.repeat(43)}`,
    };
    for (const [name, token] of Object.entries(wrong)) {
      const { status, body } = await world.ask(line, { token });
      expect([name, status, body.code]).toEqual([name, 401, 'auth.invalid']);
    }
  });

  it.each(guarded)('V26 V28 %s refuses a lower role', async (line, { route }) => {
    if (route.access.kind !== 'protected') return;
    const needed = route.access.role;
    const lower = roles.filter((role) => needed === null || !hasRole(role, needed));
    for (const role of lower) {
      const token = people.get(role)?.token;
      const { status, body } = await world.ask(line, { token });
      expect([role, status, body.code]).toEqual([role, 403, 'auth.forbidden']);
    }
  });

  it.each(guarded)(
    'S14 S15 V24 %s refuses the wrong kind of key and a missing scope',
    async (line, row) => {
      for (const choice of wrongKeys(row.route)) {
        const { status, body } = await world.ask(line, { token: await keys.get(choice) });
        expect([choice.kind, status, body.code]).toEqual([choice.kind, 403, 'auth.forbidden']);
      }
    },
  );

  it('V24 no route lets in a service, not even with the token it shows to the others', async () => {
    const signer = await PrincipalSigner.fromFile(world.env['TOKEN_KEYS_FILE'] ?? '');
    const tokens = (['service', 'user'] as const).map((kind) => {
      const asked: Principal = { kind, id: 'x', tenant: mine.tenant, role: 'owner', scopes: [] };
      return signer.tokenFor(asked, 'gateway');
    });
    for (const token of await Promise.all(tokens)) {
      for (const [line] of guarded) {
        const { status, body } = await world.ask(line, { token });
        expect([line, status, body.code]).toEqual([line, 401, 'auth.invalid']);
      }
    }
  });

  const here = guarded.filter(([, row]) => !isElsewhere(row));
  const own = here.filter(([, { url }]) => url.includes(':'));
  it.each(own)('V3 V27 T19 %s answers 404 to a stranger who knows my id', async (_, row) => {
    const names = [...row.url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => ids[name] === undefined)).toEqual([]);
    const path = row.url.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? '');
    const line = `${row.route.method} ${path}${queries[row.routeId] ?? ''}`;
    const answer = await world.ask(line, { token: stranger.token, body: bodies[row.routeId] });
    expect([answer.status, answer.body.code]).toEqual([404, 'request.not-found']);
  });

  it('V3 T19 binds no number of a stranger to my agent or my account', async () => {
    const { accountId: carrierAccount, agentId: agent } = ids;
    const body = { carrierAccount, number: '+12025550199', direction: 'inbound', agent };
    const answer = await world.ask('POST /v1/routes', { token: stranger.token, body });
    expect([400, 404, 409, 422]).toContain(answer.status);
    expect((await world.ask('GET /v1/routes', { token: stranger.token })).body).toMatchObject({
      routes: [],
    });
  });

  const lists = here.filter(([, { route, url }]) => route.method === 'GET' && !url.includes(':'));
  it.each(lists)('V3 V27 T19 %s shows a stranger nothing of mine', async (line) => {
    const answer = await world.ask(line, { token: stranger.token });
    expect(answer).toMatchObject({ status: 200 });
    const text = JSON.stringify(answer.body);
    for (const id of [...Object.values(ids), mine.tenant].filter((one) => one.length > 8))
      expect(text).not.toContain(id);
  });

  const away = guarded.filter(([, row]) => isElsewhere(row) && row.route.method === 'GET');
  it.each(away)('%s says so while its service is away', async (line) => {
    const { status, body } = await world.ask(line, { token: mine.token });
    expect([status, body.code]).toEqual([503, 'service.unavailable']);
  });

  it.each(webhookRows())('V23 S16 $line is open and believes nobody', async ({ line, why }) => {
    expect(why).toContain('Signed');
    const { status, body } = await world.ask(line, { token: mine.token, body: { a: 1 } });
    expect([status, body.code]).toEqual([404, 'request.not-found']);
    const own = line.replace('/twilio/x', `/twilio/${ids['accountId']}`);
    const unsigned = await world.ask(own, { token: mine.token, body: { a: 1 } });
    expect([unsigned.status, unsigned.body.code]).toEqual([403, 'webhook.refused']);
  });

  it.each(open)('V23 %s is open and refuses bad bodies', async (line) => {
    const answer = await world.ask(line, { body: { unknown: true } });
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
  });

  it('none of that broke anything of mine', async () => {
    const me = await world.ask('GET /v1/me', { token: mine.token });
    expect(me).toMatchObject({ status: 200, body: { role: 'owner', tenant: mine.tenant } });
    const members = await world.ask('GET /v1/members', { token: mine.token });
    expect(members.body.items).toHaveLength(4);
  });
});
