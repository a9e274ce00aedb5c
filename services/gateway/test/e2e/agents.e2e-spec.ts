import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { owner, World, type Person } from '../support/world.js';

const published = {
  name: 'Front desk',
  llm_provider: 'openai',
  llm_model: 'gpt-4o-mini',
  stt_provider: 'deepgram',
  tts_provider: 'cartesia',
  system_prompt: 'Greet {{first_name}}.',
  language: 'en',
};

describe('agents through the gateway', () => {
  let world: World;
  let mine: Person;
  beforeAll(async () => {
    world = await World.start();
    await world.startAgents();
    mine = await owner(world, 'agents@example.com');
  }, 60_000);
  afterAll(() => world.stop());

  const ask = (line: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    world.ask(line, { token: mine.token, body, headers });

  it('E11 V9 POST /agents answers exactly what is published', async () => {
    const { status, body } = await ask('POST /agents', published);
    expect([status, Object.keys(body)]).toEqual([201, ['id', 'name', 'status', 'created_at']]);
    expect(body).toMatchObject({ name: 'Front desk', status: 'active' });
    const read = await ask(`GET /agents/${body.id}`);
    expect(read).toMatchObject({ status: 200, body: { id: body.id, live_version: 1 } });
  });

  it('answers the same key with the same agent, and another body with a conflict', async () => {
    const headers = { 'idempotency-key': 'agent-1' };
    const first = await ask('POST /v1/agents', published, headers);
    const again = await ask('POST /v1/agents', published, headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
    const other = await ask('POST /v1/agents', { ...published, name: 'Other' }, headers);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency.mismatch']);
  });

  it('takes a draft to a version, and says what differs', async () => {
    const { body: agent } = await ask('POST /v1/agents', published);
    const at = `/v1/agents/${agent.id}`;
    const change = { revision: 1, config: { llm: { temperature: 0.2 } } };
    expect(await ask(`PATCH ${at}/draft`, change)).toMatchObject({ body: { revision: 2 } });
    expect(await ask(`PATCH ${at}/draft`, change)).toMatchObject({
      status: 409,
      body: { code: 'state.conflict' },
    });
    expect(await ask(`GET ${at}/diff`)).toMatchObject({
      body: { fields: [{ path: 'llm.temperature', before: 0.7, after: 0.2 }] },
    });
    const version = await ask(`POST ${at}/versions`, { revision: 2 });
    expect(version).toMatchObject({ status: 201, body: { version: 2, isLive: true } });
    expect(await ask(`POST ${at}/roll-back`, { version: 1 })).toMatchObject({
      body: { live_version: 1 },
    });
    expect((await ask(`DELETE ${at}`)).status).toBe(204);
  });

  it('V12 V13 has voices by language and tools', async () => {
    const voices = await ask('GET /voices?language=fr');
    expect(JSON.stringify(voices.body)).toContain('cartesia-conversation-fr');
    const tool = { kind: 'internal', name: 'bye', description: 'Ends.', action: 'hang-up' };
    const { body: made } = await ask('POST /tools', tool);
    expect(await ask(`GET /tools/${made.id}`)).toMatchObject({ body: { version: 1 } });
  });

  it('V29 never answers a key', async () => {
    const apiKey = 'sk-canary-0123456789-x9Zq';
    const saved = await ask('POST /v1/credentials', { provider: 'openai', label: 'l', apiKey });
    const listed = await ask('GET /v1/credentials');
    expect(saved.body).toMatchObject({ lastFour: 'x9Zq' });
    expect(JSON.stringify([saved.body, listed.body])).not.toContain('canary');
  });

  it.each([
    ['an unknown field', { ...published, surprise: 1 }],
    ['a wrong type', { ...published, name: 7 }],
    ['an operator', { ...published, name: { $gt: '' } }],
    ['nothing', {}],
    ['a number as the whole', 7],
  ])('refuses %s with the field and the reason', async (_name, body) => {
    const { status, body: problem } = await ask('POST /v1/agents', body);
    expect([status, problem.code]).toEqual([400, 'request.invalid']);
    expect(JSON.stringify(problem)).toContain('"path"');
  });

  it.each(['a.b', '%2a', '%3e', 'a%20b'])('refuses the id %s', async (id) => {
    const { status } = await ask(`GET /v1/agents/${id}`);
    expect([400, 404]).toContain(status);
  });
});
