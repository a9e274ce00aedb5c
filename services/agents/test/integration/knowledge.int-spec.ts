import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentsApp } from '../../src/app/agents-app.js';
import { createAgent } from '../../src/app/create-agent.js';
import { archiveAgent } from '../../src/app/edit-agent.js';
import {
  addDocument,
  getDocument,
  listDocuments,
  removeDocument,
  tellKnowledge,
} from '../../src/app/knowledge.js';
import { runtimeConfig } from '../../src/app/runtime-config.js';
import { showToolSigningSecret } from '../../src/app/tool-signing.js';
import { World, byFor, newTenant } from '../support/world.js';

const text = 'We open at nine. Été comme hiver.';
const sha256 = createHash('sha256').update(text).digest('hex');

describe('the knowledge of an agent on real servers', () => {
  let world: World;
  let app: AgentsApp;
  beforeAll(async () => {
    world = await World.start();
    ({ app } = await world.replica());
  });
  afterAll(() => world.stop());

  async function agentOf(by: ReturnType<typeof byFor>): Promise<string> {
    return (await createAgent(app, by, { name: 'Desk', system_prompt: 'Be kind.' })).id;
  }

  it('keeps a text, tells calls where it is, and forgets it', async () => {
    const by = byFor(newTenant());
    const agent = await agentOf(by);
    const body = { title: 'Hours', text };
    const made = await addDocument(app, by, { agent, body });
    expect(made).toMatchObject({ title: 'Hours', sha256, sizeBytes: Buffer.byteLength(text) });
    expect(await listDocuments(app, by, agent)).toEqual({ revision: 1, documents: [made] });
    expect(await getDocument(app, by, { agent, document: made.id })).toEqual({ ...made, text });

    const told = await tellKnowledge(app, by, agent);
    expect(told).toMatchObject({ revision: 1, documents: [{ id: made.id, sha256 }] });
    const key = { bucket: 'agents', name: told.documents[0]?.key ?? '' };
    expect(Buffer.from(await world.objects().get(key)).toString()).toBe(text);
    const config = await runtimeConfig(app, by, { agent, version: null });
    expect(config.knowledgeRevision).toBe(1);
    const { secret } = await showToolSigningSecret(app, by);
    expect([config.toolSigningSecret, secret.length]).toEqual([secret, 50]);

    await removeDocument(app, by, { agent, document: made.id });
    expect(await listDocuments(app, by, agent)).toEqual({ revision: 2, documents: [] });
    expect(await world.objects().stat(key)).toBeUndefined();
    await expect(getDocument(app, by, { agent, document: made.id })).rejects.toMatchObject({
      code: 'request.not-found',
    });
  });

  it('makes one document of a repeated request', async () => {
    const tenant = newTenant();
    const plain = byFor(tenant);
    const agent = await agentOf(plain);
    const by = { ...plain, createdId: `doc-${agent}` };
    const body = { title: 'Hours', text };
    const first = await addDocument(app, by, { agent, body });
    expect(await addDocument(app, by, { agent, body })).toEqual(first);
    expect((await listDocuments(app, by, agent)).revision).toBe(1);
    await expect(
      addDocument(app, by, { agent, body: { ...body, text: 'Other' } }),
    ).rejects.toMatchObject({ code: 'idempotency.mismatch' });
  });

  it('takes nothing for an archived agent, and shows nothing to a stranger', async () => {
    const by = byFor(newTenant());
    const agent = await agentOf(by);
    const body = { title: 'Hours', text };
    const { id: document } = await addDocument(app, by, { agent, body });
    const stranger = byFor(newTenant());
    const notFound = { code: 'request.not-found' };
    await expect(listDocuments(app, stranger, agent)).rejects.toMatchObject(notFound);
    await expect(getDocument(app, stranger, { agent, document })).rejects.toMatchObject(notFound);
    await expect(removeDocument(app, stranger, { agent, document })).rejects.toMatchObject(
      notFound,
    );
    await expect(addDocument(app, stranger, { agent, body })).rejects.toMatchObject(notFound);
    await archiveAgent(app, by, agent);
    await expect(addDocument(app, by, { agent, body })).rejects.toMatchObject({
      code: 'agent.archived',
    });
  });
});
