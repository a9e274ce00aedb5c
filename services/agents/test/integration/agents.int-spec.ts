import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectionName, projections } from '@trunkline/contracts';
import { JetStreamEventStore, nowhere } from '@trunkline/platform';
import { eventually, someone } from '@trunkline/testing';
import { configKey } from '../../src/adapters/stored-agent-configs.js';
import type { AgentsApp } from '../../src/app/agents-app.js';
import { createAgent } from '../../src/app/create-agent.js';
import { archiveAgent, diffAgent, getDraft, patchDraft } from '../../src/app/edit-agent.js';
import {
  getVersion,
  listVersions,
  publishAgent,
  rollBackAgent,
} from '../../src/app/publish-agent.js';
import { findAgents, getAgent } from '../../src/app/read-agent.js';
import { archiveTool, createTool, readToolVersion, updateTool } from '../../src/app/tools.js';
import { findVoices } from '../../src/app/catalogues.js';
import { World, byFor, newTenant } from '../support/world.js';

const published = {
  name: 'Front desk',
  llm_provider: 'openai',
  llm_model: 'gpt-4o-mini',
  stt_provider: 'deepgram',
  tts_provider: 'cartesia',
  system_prompt: 'Greet {{first_name}} and book a table.',
  language: 'en-US',
};
const tool = {
  kind: 'webhook',
  name: 'book_table',
  description: 'Books a table.',
  parameters: { type: 'object', properties: { guests: { type: 'integer' } } },
  timeoutMs: 2000,
  url: 'https://hooks.example.com/book',
  method: 'POST',
} as const;

describe('agents on real servers', () => {
  let world: World;
  let app: AgentsApp;
  beforeAll(async () => {
    world = await World.start();
    ({ app } = await world.replica());
  });
  afterAll(() => world.stop());

  it('E11 V9 answers what is published, and the object is in the store', async () => {
    const by = byFor(newTenant());
    const made = await createAgent(app, by, published);
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Front desk',
      status: 'active',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const key = configKey({ tenant: by.tenant, agent: made.id, version: 1 });
    const object = JSON.parse(Buffer.from(await world.objects().get(key)).toString());
    expect(object).toMatchObject({ tenant: by.tenant, agent: made.id, version: 1 });
    expect(object.config).toMatchObject({
      prompt: published.system_prompt,
      language: 'en-US',
      llm: { temperature: 0.7, maxTokens: 150 },
    });
    expect(
      await world.history({ tenant: by.tenant, aggregate: 'agent', id: made.id }),
    ).toMatchObject([{ type: 'agent.created', v: 1, actor: { kind: 'user', id: 'u-1' } }]);
  });

  it('E12 keeps the fields that are published', async () => {
    const by = byFor(newTenant());
    const { id } = await createAgent(app, by, published);
    const collection = world.mongo.platformCollection(projectionName(projections.agents));
    expect(await collection.findOne({ tenant: by.tenant })).toMatchObject({
      _id: id,
      name: 'Front desk',
      user_id: 'u-1',
      status: 'active',
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
  });

  it('answers a repeated request as the first one, and makes no second agent', async () => {
    const tenant = newTenant();
    const first = await createAgent(app, byFor(tenant, 'key-1'), published);
    expect(first.id).toBe('key-1');
    const again = byFor(tenant, 'key-1');
    expect(await createAgent(app, again, published)).toEqual(first);
    const other = { ...again, origin: { ...again.origin, causationId: 'other' } };
    await expect(createAgent(app, other, published)).rejects.toMatchObject({
      code: 'idempotency.mismatch',
    });
    expect((await findAgents(app, again, { limit: 10 })).agents).toHaveLength(1);
  });

  it('refuses a configuration that would not work, and stores nothing', async () => {
    const by = byFor(newTenant());
    const wrong = { ...published, llm_model: 'gpt-0', tts_provider: 'nobody' };
    await expect(createAgent(app, by, wrong)).rejects.toMatchObject({
      code: 'agent.invalid-config',
      details: {
        problems: [
          expect.objectContaining({ path: 'llm.model', code: 'model.unknown' }),
          expect.objectContaining({ path: 'tts.provider', code: 'provider.unknown' }),
          expect.objectContaining({ path: 'tts.voice', code: 'voice.unknown' }),
        ],
      },
    });
    expect((await findAgents(app, by, { limit: 10 })).agents).toEqual([]);
  });

  it('publishes what never changes, shows what differs, and rolls back', async () => {
    const by = byFor(newTenant());
    const { id: agent } = await createAgent(app, by, published);
    const body = { revision: 1, config: { llm: { temperature: 0.2 } } };
    const draft = await patchDraft(app, by, { agent, body });
    expect(draft).toMatchObject({ revision: 2, config: { llm: { temperature: 0.2 } } });
    await expect(patchDraft(app, by, { agent, body })).rejects.toMatchObject({
      code: 'state.conflict',
      details: { revision: 2 },
    });
    expect(await diffAgent(app, by, { agent, from: 'live', to: 'draft' })).toMatchObject({
      fields: [{ path: 'llm.temperature', change: 'changed', before: 0.7, after: 0.2 }],
    });
    expect(await getAgent(app, by, agent)).toMatchObject({ has_changes: true, live_version: 1 });
    const two = await publishAgent(app, by, { agent, body: { revision: 2, note: 'calmer' } });
    expect(two).toMatchObject({ version: 2, isLive: true, note: 'calmer' });
    await expect(publishAgent(app, by, { agent, body: { revision: 2 } })).rejects.toMatchObject({
      code: 'agent.unchanged',
    });
    await patchDraft(app, by, {
      agent,
      body: { revision: 2, config: { llm: { temperature: 1 } } },
    });
    expect(await getVersion(app, by, { agent, version: 2 })).toEqual(two);
    expect(await diffAgent(app, by, { agent, from: 1, to: 2 })).toMatchObject({
      fields: [{ path: 'llm.temperature' }],
    });
    const back = await rollBackAgent(app, by, { agent, body: { version: 1 } });
    expect(back).toMatchObject({ live_version: 1, latest_version: 2, has_changes: true });
    expect(back.config.llm.temperature).toBe(0.7);
    const { versions } = await listVersions(app, by, { agent, page: { limit: 10 } });
    expect(versions.map(({ version, isLive }) => [version, isLive])).toEqual([
      [2, false],
      [1, true],
    ]);
    const stored = configKey({ tenant: by.tenant, agent, version: 2 });
    expect((await world.objects().stat(stored))?.contentType).toBe('application/json');
  });

  it('answers a repeated publish with the version of the first', async () => {
    const tenant = newTenant();
    const { id: agent } = await createAgent(app, byFor(tenant), published);
    const body = { revision: 1, config: { maxDurationMs: 60_000 } };
    await patchDraft(app, byFor(tenant), { agent, body });
    const publish = () =>
      publishAgent(app, byFor(tenant, 'pub-1'), { agent, body: { revision: 2 } });
    const first = await publish();
    expect(await publish()).toEqual(first);
    expect(first.version).toBe(2);
  });

  it('one of twenty who publish the same draft wins', async () => {
    const tenant = newTenant();
    const { id: agent } = await createAgent(app, byFor(tenant), published);
    const change = { revision: 1, config: { firstMessage: 'Hello' } };
    await patchDraft(app, byFor(tenant), { agent, body: change });
    const racers = Array.from({ length: 20 }, () =>
      publishAgent(app, byFor(tenant), { agent, body: { revision: 2 } }),
    );
    const ends = await Promise.allSettled(racers);
    const codes = ends.map((end) =>
      end.status === 'fulfilled' ? 'published' : (end.reason as { code: string }).code,
    );
    expect(codes.toSorted()).toEqual([...Array(19).fill('agent.unchanged'), 'published']);
  });

  it('lists by page, newest first, and searches without patterns', async () => {
    const tenant = newTenant();
    const names = ['One', 'Two (2)', 'Three', 'two again', 'Five'];
    for (const name of names) await createAgent(app, byFor(tenant), { ...published, name });
    const by = byFor(tenant);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await findAgents(app, by, { limit: 2, cursor });
      seen.push(...page.agents.map((agent) => agent.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(names.toReversed());
    const found = async (search: string) =>
      (await findAgents(app, by, { limit: 10, search })).agents.map((agent) => agent.name);
    expect(await found('TWO')).toEqual(['two again', 'Two (2)']);
    expect(await found('(2)')).toEqual(['Two (2)']);
    expect(await found('.*')).toEqual([]);
    await expect(findAgents(app, by, { limit: 2, cursor: 'bm9uZQ' })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('V3 answers not-found for what belongs to somebody else', async () => {
    const { id: agent } = await createAgent(app, byFor(newTenant()), published);
    const stranger = byFor(newTenant());
    const tries = [
      getAgent(app, stranger, agent),
      getDraft(app, stranger, agent),
      patchDraft(app, stranger, { agent, body: { revision: 1, name: 'Mine' } }),
      publishAgent(app, stranger, { agent, body: { revision: 1 } }),
      rollBackAgent(app, stranger, { agent, body: { version: 1 } }),
      archiveAgent(app, stranger, agent),
      getVersion(app, stranger, { agent, version: 1 }),
      diffAgent(app, stranger, { agent, from: 'live', to: 'draft' }),
    ];
    const ends = await Promise.allSettled(tries);
    const codes = ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'answered'));
    expect(codes).toEqual(tries.map(() => 'request.not-found'));
  });

  it('archives for good, and keeps what was', async () => {
    const by = byFor(newTenant());
    const { id: agent } = await createAgent(app, by, published);
    await archiveAgent(app, by, agent);
    expect(await getAgent(app, by, agent)).toMatchObject({ status: 'archived' });
    await expect(
      patchDraft(app, by, { agent, body: { revision: 1, name: 'x' } }),
    ).rejects.toMatchObject({ code: 'agent.archived' });
    expect((await findAgents(app, by, { limit: 5, status: 'active' })).agents).toEqual([]);
    expect(await getVersion(app, by, { agent, version: 1 })).toMatchObject({ version: 1 });
  });

  it('V13 pins a tool version that later versions do not touch', async () => {
    const by = byFor(newTenant());
    const made = await createTool(app, by, tool);
    const config = { tools: [{ tool: made.id, version: 1 }] };
    const { id: agent } = await createAgent(app, by, { ...published, config });
    await updateTool(app, by, { tool: made.id, body: { ...tool, name: 'book_room' } });
    expect(await readToolVersion(app, by, { tool: made.id, version: 1 })).toMatchObject({
      definition: { name: 'book_table' },
    });
    await archiveTool(app, by, made.id);
    const { problems } = await getDraft(app, by, agent);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'tool.archived', severity: 'warning' }),
    );
    await expect(createAgent(app, by, { ...published, config })).rejects.toMatchObject({
      code: 'agent.invalid-config',
    });
  });

  it.each([
    ['http://hooks.example.com/', 'tool.bad-url'],
    ['https://127.0.0.1/', 'tool.bad-url'],
    ['https://[::ffff:169.254.169.254]/', 'tool.bad-url'],
  ])('refuses the webhook %s', async (url, code) => {
    const making = createTool(app, byFor(newTenant()), { ...tool, url });
    await expect(making).rejects.toMatchObject({ code });
  });

  it.each([
    [{ type: 'string' }, 'type: must be "object"'],
    [{ type: 'object', $ref: '#' }, '$ref: this keyword is not supported'],
    [{ type: 'object', required: 'guests' }, '/required must be array'],
  ])('refuses the schema %j', async (parameters, problem) => {
    const making = createTool(app, byFor(newTenant()), { ...tool, parameters });
    await expect(making).rejects.toMatchObject({ code: 'tool.bad-schema', details: { problem } });
  });

  it('V12 lists voices by language', async () => {
    const german = await findVoices(app, { language: 'de' });
    expect(german.voices.map((voice) => voice.language)).toEqual(['de-DE', 'de-DE']);
    const british = await findVoices(app, { language: 'en-GB' });
    expect(british.voices.map((voice) => voice.id)).toEqual(['cartesia-british-en']);
    expect((await findVoices(app, {})).voices.length).toBeGreaterThan(8);
  });

  it('V5 T7 keeps agents, tools, voices and numbers in a collection each', async () => {
    const found = await world.mongo.platformDatabase().listCollections().toArray();
    expect(found.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'agents-agents-v1',
        'agents-tools-v1',
        'agents-routes-v1',
        'agents-credentials-v1',
        'agents-carrier-accounts-v1',
        'voices',
      ]),
    );
  });

  it('V6 lets Mongo itself refuse a status that does not exist', async () => {
    const collection = world.mongo.platformCollection<{
      _id: string;
      tenant: string;
      status: string;
    }>('agents-agents-v1');
    const wrong = { _id: 'x', tenant: 't', status: 'sleeping' };
    await expect(collection.insertOne(wrong)).rejects.toMatchObject({ code: 121 });
  });

  it('S10 starts from what the tenant set', async () => {
    const tenant = newTenant();
    await setRuntimeDefaults(world, tenant);
    const by = byFor(tenant);
    const { config } = await eventually(async () => {
      const { id } = await createAgent(app, by, { name: 'Anna', system_prompt: 'Hallo' });
      const agent = await getAgent(app, by, id);
      expect(agent.language).toBe('de');
      return agent;
    });
    expect(config).toMatchObject({
      language: 'de',
      llm: { model: 'gpt-4.1' },
      stt: { model: 'flux-general-multi' },
      tts: { voice: 'cartesia-conversation-de' },
    });
  });

  it('finds an agent whose view is late', async () => {
    const by = byFor(newTenant());
    const { id } = await createAgent(app, by, published);
    const shown = await getAgent(app, by, id);
    const name = projectionName(projections.agents);
    await world.mongo.platformCollection<{ _id: string }>(name).deleteOne({ _id: id });
    app.cache.clear();
    expect(await getAgent(app, by, id)).toEqual(shown);
  });
});

/** As the gateway does it; the agents service hears of it by its own projection. */
async function setRuntimeDefaults(world: World, tenant: string): Promise<void> {
  const store = new JetStreamEventStore(await world.nats.connect({ user: 'gateway' }));
  const ref = { tenant, aggregate: 'tenant', id: tenant };
  const defaults = { llmProvider: 'openai', llmModel: 'gpt-4.1', voice: null, language: 'de' };
  const facts = [
    { type: 'tenant.created', data: { name: 'Acme', slug: null, parent: null } },
    { type: 'tenant.runtime-defaults-set', data: { defaults: { ...defaults, promptKey: null } } },
  ];
  let after = nowhere;
  for (const fact of facts) {
    const appended = await store.append({ ref, after, event: { ...fact, ...someone } });
    if (appended.outcome === 'appended') after = appended.position;
  }
}
