import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventCatalogue, JetStreamEventStore, Logger, verifyProjection } from '@trunkline/platform';
import type { AgentsApp } from '../../src/app/agents-app.js';
import * as accounts from '../../src/app/carrier-accounts.js';
import { createAgent } from '../../src/app/create-agent.js';
import * as credentials from '../../src/app/credentials.js';
import { archiveAgent, patchDraft } from '../../src/app/edit-agent.js';
import { getVersion, publishAgent, rollBackAgent } from '../../src/app/publish-agent.js';
import { addDocument, removeDocument } from '../../src/app/knowledge.js';
import { getAgent } from '../../src/app/read-agent.js';
import { bindRoute, releaseRoute } from '../../src/app/routes.js';
import { archiveTool, createTool, updateTool } from '../../src/app/tools.js';
import { projections } from '../../src/projections.js';
import { World, byFor, newTenant } from '../support/world.js';

const body = { name: 'Desk', system_prompt: 'Be kind.' };

describe('the views of the agents service', () => {
  let world: World;
  let app: AgentsApp;
  beforeAll(async () => {
    world = await World.start();
    ({ app } = await world.replica());
  });
  afterAll(() => world.stop());

  it('E24 fifty at once are all answered, each with its own agent', async () => {
    const tenant = newTenant();
    const made = await Promise.all(
      Array.from({ length: 50 }, () => createAgent(app, byFor(tenant), body)),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(50);
    const read = await Promise.all(made.map(({ id }) => getAgent(app, byFor(tenant), id)));
    expect(read.map(({ status }) => status)).toEqual(made.map(() => 'active'));
    const first = made[0]?.id ?? '';
    const one = await getVersion(app, byFor(tenant), { agent: first, version: 1 });
    expect(one).toMatchObject({ agentId: first, isLive: true });
  });

  it('are rebuilt from the log to what they are', async () => {
    await liveThroughEverything(app);
    const nc = await world.nats.connect({ user: 'operator' });
    const store = new JetStreamEventStore(nc);
    const log = new Logger({ service: 'agents', level: 'silent' });
    const parts = { nc, mongo: world.mongo, store, catalogue: eventCatalogue, log };
    for (const projection of projections) {
      const report = await verifyProjection(projection, parts);
      expect([report.collection, report.differences]).toEqual([report.collection, []]);
      const isEmpty = report.documents === 0;
      expect([report.collection, isEmpty]).toEqual([
        report.collection,
        projection.definition.view === 'runtime-defaults',
      ]);
    }
  });
});

/** Every fact of every aggregate at least once. */
async function liveThroughEverything(app: AgentsApp): Promise<void> {
  const by = byFor(newTenant());
  const { id: agent } = await createAgent(app, by, body);
  await patchDraft(app, by, { agent, body: { revision: 1, config: { maxDurationMs: 60_000 } } });
  await publishAgent(app, by, { agent, body: { revision: 2 } });
  await rollBackAgent(app, by, { agent, body: { version: 1 } });
  const document = { title: 'Hours', text: 'We open at nine.' };
  const { id: first } = await addDocument(app, by, { agent, body: document });
  await addDocument(app, by, { agent, body: { ...document, title: 'More' } });
  await removeDocument(app, by, { agent, document: first });
  const tool = {
    kind: 'internal',
    name: 'bye',
    description: 'Ends.',
    action: 'hang-up',
    parameters: { type: 'object', properties: { $odd: { type: 'string' } } },
    timeoutMs: 2000,
  } as const;
  const { id: toolId } = await createTool(app, by, tool);
  await updateTool(app, by, { tool: toolId, body: { ...tool, description: 'Ends it.' } });
  await archiveTool(app, by, toolId);
  const key = { provider: 'openai', label: 'Main', apiKey: 'some-key-0001' } as const;
  const { id: kept } = await credentials.saveCredential(app, by, key);
  await credentials.rotateCredential(app, by, { id: kept, apiKey: 'some-key-0002' });
  const { id: gone } = await credentials.saveCredential(app, by, key);
  await credentials.removeCredential(app, by, gone);
  const account = { carrier: 'plivo', label: 'Main', accountId: 'MA1', authToken: 'some-token' };
  const { id: carrierAccount } = await accounts.saveCarrierAccount(app, by, {
    ...account,
    carrier: 'plivo',
  });
  const number = '+15551230001';
  const target = { agent, version: null, whenNoRoom: null };
  const route = { carrierAccount, number, direction: 'inbound', ...target } as const;
  const { id: routeId } = await bindRoute(app, by, route);
  await releaseRoute(app, by, routeId);
  await archiveAgent(app, by, agent);
}
