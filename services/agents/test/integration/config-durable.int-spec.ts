import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { durablesOf, EVENT_STREAM, projections } from '@trunkline/contracts';
import { eventCatalogue, InMemoryObjectStore, Logger, type PutOptions } from '@trunkline/platform';
import { AppError } from '@trunkline/kernel';
import { eventually } from '@trunkline/testing';
import { ConfigDurable } from '../../src/adapters/nats/config-durable.js';
import { configKey, StoredAgentConfigs } from '../../src/adapters/stored-agent-configs.js';
import { createAgent } from '../../src/app/create-agent.js';
import { World, byFor, newTenant } from '../support/world.js';

/** An object store that is away for as long as it is told. */
class AwayStore extends InMemoryObjectStore {
  isAway = true;

  override async put(...[key, bytes, options]: Parameters<InMemoryObjectStore['put']>) {
    if (this.isAway) throw new AppError('store.unavailable', { retryable: true });
    await super.put(key, bytes, options satisfies PutOptions);
  }
}

describe('configuration objects', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.stop());

  it('E11 the object is there when the request is answered', async () => {
    const objects = new InMemoryObjectStore();
    await objects.ensureBuckets(['agents']);
    const serving = await world.replica();
    const configs = new StoredAgentConfigs(objects);
    const by = byFor(newTenant());
    const body = { name: 'Desk', system_prompt: 'Be kind.' };
    const { id: agent } = await createAgent({ ...serving.app, configs }, by, body);
    const key = configKey({ tenant: by.tenant, agent, version: 1 });
    expect(await objects.stat(key)).toBeDefined();
    await serving.stop();
  });

  it('answers all the same, and the durable stores it once the store is back', async () => {
    const objects = new AwayStore();
    await objects.ensureBuckets(['agents']);
    const configs = new StoredAgentConfigs(objects);
    const serving = await world.replica();
    const by = byFor(newTenant());
    const body = { name: 'Desk', system_prompt: 'Be kind.' };
    const { id: agent } = await createAgent({ ...serving.app, configs }, by, body);
    expect(serving.logged.join('')).toContain('agent.config-late');
    await serving.stop();
    const logged: string[] = [];
    const destination = { write: (line: string) => void logged.push(line) };
    const logger = new Logger({ service: 'agents', level: 'debug', destination });
    const connection = await world.nats.connect({ user: 'agents' });
    const jsm = await world.nats.connect({ user: 'operator' });
    await removeDurable(jsm);
    const durable = await ConfigDurable.start({
      connection,
      catalogue: eventCatalogue,
      configs,
      logger,
    });
    await eventually(() => logged.join('').includes('agent.config-late'));
    const key = configKey({ tenant: by.tenant, agent, version: 1 });
    expect(await objects.stat(key)).toBeUndefined();
    objects.isAway = false;
    await eventually(async () => (await objects.stat(key)) !== undefined);
    await durable.stop();
  });
});

async function removeDurable(connection: Parameters<typeof jetstreamManager>[0]): Promise<void> {
  const manager = await jetstreamManager(connection);
  const [durable] = durablesOf(projections.agentConfigs);
  await manager.consumers.delete(EVENT_STREAM, durable?.name ?? '');
}
