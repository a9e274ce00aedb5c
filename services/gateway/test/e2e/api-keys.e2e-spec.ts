import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { eventually } from '@trunkline/testing';
import { owner, World, type Person } from '../support/world.js';

describe('API keys, the audit log and repeated requests', () => {
  let world: World;
  let ann: Person;

  beforeAll(async () => {
    world = await World.start();
    ann = await owner(world, 'ann@example.com');
  });
  afterAll(() => world.stop());

  const runtime = { name: 'CI', kind: 'runtime', scopes: ['calls:create'] } as const;
  const issue = (body: unknown, key?: string) =>
    world.ask('POST /v1/api-keys', {
      token: ann.token,
      body,
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  const tenantWith = async (token: string): Promise<number> =>
    (await world.ask('GET /v1/tenant', { token })).status;
  const adminKey = async (): Promise<{ id: string; key: string }> => {
    const { body } = await issue({ name: 'ops', kind: 'admin', scopes: ['tenant:read'] });
    return { id: body.id, key: body.key };
  };

  it('T9 S14 S15 shows a key once and keeps only its hash', async () => {
    const issued = await issue(runtime);
    expect(issued).toMatchObject({ status: 201, body: { kind: 'runtime', lastUsedAt: null } });
    expect(issued.body.key).toMatch(/^tl_run_[0-9a-f]{16}_[0-9A-Za-z]{43}$/);
    const admin = await adminKey();
    expect(admin.key).toMatch(/^tl_adm_/);
    expect(await tenantWith(admin.key)).toBe(200);
    expect(await tenantWith(issued.body.key)).toBe(403);
    const listed = await world.ask('GET /v1/api-keys', { token: ann.token });
    expect(JSON.stringify(listed.body)).not.toContain(admin.key);
    const check = async (): Promise<void> => {
      const { body } = await world.ask('GET /v1/api-keys', { token: ann.token });
      const used = (body.items as { id: string; lastUsedAt: string | null }[]).find(
        ({ id }) => id === admin.id,
      );
      expect(used?.lastUsedAt).toEqual(expect.any(String));
    };
    await eventually(check);
  });

  it('refuses scopes of the other kind, an expiry in the past, and names the field', async () => {
    const wrong = await issue({ ...runtime, scopes: ['credentials:write'] });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(JSON.stringify(wrong.body)).toContain('scopes');
    const past = await issue({ ...runtime, expiresAt: '2020-01-01T00:00:00.000Z' });
    expect(past).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it('ends an expired key by itself and a revoked one within 5 s', async () => {
    const expiresAt = new Date(Date.now() + 1500).toISOString();
    const { body } = await issue({ name: 'x', kind: 'admin', scopes: ['tenant:read'], expiresAt });
    expect(await tenantWith(body.key)).toBe(200);
    const isOver = async (key: string): Promise<void> => expect(await tenantWith(key)).toBe(401);
    await eventually(() => isOver(body.key), { deadlineMs: 6000 });
    const { id, key } = await adminKey();
    expect(await tenantWith(key)).toBe(200);
    await world.ask(`DELETE /v1/api-keys/${id}`, { token: ann.token });
    await eventually(() => isOver(key), { deadlineMs: 5000 });
    const rotated = await world.ask(`POST /v1/api-keys/${id}/rotate`, {
      token: ann.token,
      body: {},
    });
    expect(rotated).toMatchObject({ status: 409, body: { code: 'apikey.revoked' } });
  });

  it('rotates a key: the old one works for the overlap and not without one', async () => {
    const { id, key } = await adminKey();
    const rotate = (overlapSeconds: number) =>
      world.ask(`POST /v1/api-keys/${id}/rotate`, { token: ann.token, body: { overlapSeconds } });
    const second = await rotate(600);
    expect(second.status).toBe(200);
    expect(second.body.key).not.toBe(key);
    expect([await tenantWith(key), await tenantWith(second.body.key)]).toEqual([200, 200]);
    const third = await rotate(0);
    const old = [await tenantWith(key), await tenantWith(second.body.key)];
    expect([...old, await tenantWith(third.body.key)]).toEqual([401, 401, 200]);
  });

  it('answers a repeated issue and a repeated rotation alike, and another body with 409', async () => {
    const key = randomUUID();
    const [first, again] = [await issue(runtime, key), await issue(runtime, key)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(await issue({ ...runtime, name: 'other' }, key)).toMatchObject({
      status: 409,
      body: { code: 'idempotency.mismatch' },
    });
    const rotate = () =>
      world.ask(`POST /v1/api-keys/${first.body.id}/rotate`, {
        token: ann.token,
        body: {},
        headers: { 'idempotency-key': `${key}-rotate` },
      });
    const [turned, turnedAgain] = [await rotate(), await rotate()];
    expect(turnedAgain.body).toEqual(turned.body);
  });

  it('answers no key that opens nothing: not for a repetition under another master key', async () => {
    const key = randomUUID();
    const issued = await issue(runtime, key);
    const path = world.env['KEK_FILE'] ?? '';
    const old = await readFile(path, 'utf8');
    await writeFile(path, `${randomBytes(32).toString('base64')}\n${old}`);
    await world.restart();
    expect(await issue(runtime, key)).toMatchObject({
      status: 409,
      body: { code: 'state.conflict' },
    });
    await writeFile(path, old);
    await world.restart();
    expect((await issue(runtime, key)).body).toEqual(issued.body);
  });

  it.each([
    ['POST /v1/api-keys', 'apikey.issued', runtime],
    ['POST /v1/clients', 'tenant.created', { name: 'Client', slug: 'kept-slug' }],
    ['POST /v1/invitations', 'invitation.issued', { email: 'i@example.com', role: 'viewer' }],
  ])('answers %s once, also after kill -9 between append and answer', async (line, type, body) => {
    const asked = { token: ann.token, body, headers: { 'idempotency-key': randomUUID() } };
    await world.restart({ FAILPOINT: type });
    await expect(world.ask(line, asked)).rejects.toThrow('fetch failed');
    expect(await world.gateway.ended()).toBe('SIGKILL');
    await world.restart();
    // The claim of the killed process lapses after some seconds; a client just tries again.
    const answered = await eventually(
      async () => {
        const answer = await world.ask(line, asked);
        expect(answer.status).toBe(201);
        return answer;
      },
      { deadlineMs: 15_000, everyMs: 250 },
    );
    const again = await world.ask(line, asked);
    expect(again.body).toEqual(answered.body);
    const aggregate = type.split('.')[0] ?? '';
    const id: string = answered.body.id;
    const tenant = aggregate === 'tenant' ? id : ann.tenant;
    expect(await world.history({ tenant, aggregate, id })).toHaveLength(1);
    const other = { ...asked, body: { ...body, name: 'Another', role: 'member' } };
    const { name: _, ...invitation } = other.body as Record<string, unknown>;
    const { role: __, ...named } = other.body as Record<string, unknown>;
    const changed = { ...asked, body: type === 'invitation.issued' ? invitation : named };
    expect(await world.ask(line, changed)).toMatchObject({
      status: 409,
      body: { code: 'idempotency.mismatch' },
    });
  });

  it('S9 lists every change with who, what, before and after, page by page', async () => {
    for (const name of ['One', 'Two', 'Three']) {
      await world.ask('PATCH /v1/tenant', { token: ann.token, body: { name } });
    }
    const me = await world.ask('GET /v1/me', { token: ann.token });
    const query = 'aggregate=tenant&type=tenant.renamed&limit=2';
    const first = await eventually(async () => {
      const answer = await world.ask(`GET /v1/audit?${query}`, { token: ann.token });
      const items = answer.body.items as { after: { name: string } }[];
      expect(items[0]?.after.name).toBe('Three');
      return answer;
    });
    expect(first.body.items).toMatchObject([
      { type: 'tenant.renamed', before: { name: 'Two' }, after: { name: 'Three' } },
      { before: { name: 'One' }, after: { name: 'Two' } },
    ]);
    const [entry] = first.body.items as { actor: unknown }[];
    expect(entry?.actor).toEqual({ kind: 'user', id: me.body.id });
    const next = await world.ask(`GET /v1/audit?${query}&cursor=${first.body.nextCursor}`, {
      token: ann.token,
    });
    expect(next.body).toMatchObject({ items: [{ after: { name: 'One' } }], nextCursor: null });
  });

  it('S9 masks secrets, filters by actor and time, and shows nobody else’s', async () => {
    await issue(runtime);
    const read = async (query: string, token = ann.token) =>
      (await world.ask(`GET /v1/audit?${query}`, { token })).body.items as {
        after: Record<string, unknown>;
      }[];
    const keys = await eventually(async () => {
      const items = await read('aggregate=apikey&type=apikey.issued');
      expect(items).not.toEqual([]);
      return items;
    });
    expect(keys[0]?.after).toMatchObject({ keyHash: '•••', kind: 'runtime' });
    expect(await read('actor=nobody')).toEqual([]);
    expect(await read(`from=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    const stranger = await owner(world, 'stranger@example.com');
    expect(JSON.stringify(await read('limit=100', stranger.token))).not.toContain(ann.tenant);
  });

  it('T9 V29 keeps no key, password or refresh token in any collection', async () => {
    const { id, key } = await adminKey();
    const text = await world.dumpMongo();
    expect(text).toContain(id);
    for (const canary of [key, ann.password, ann.refreshToken, ann.token]) {
      expect(text).not.toContain(canary);
    }
  });
});
