import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { durablesOf, EVENT_STREAM, eventSubject, projections } from '@trunkline/contracts';
import {
  eventCatalogue,
  InMemoryObjectStore,
  Logger,
  newId,
  OwnWrites,
  type PutOptions,
} from '@trunkline/platform';
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
    const configs = new StoredAgentConfigs(objects, new OwnWrites());
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
    const configs = new StoredAgentConfigs(objects, new OwnWrites());
    const serving = await world.replica();
    const by = byFor(newTenant());
    const body = { name: 'Desk', system_prompt: 'Be kind.' };
    const { id: agent } = await createAgent({ ...serving.app, configs }, by, body);
    expect(serving.logged.join('')).toContain('agent.config-late');
    await serving.stop();
    await removeDurable(world);
    const { durable, logged } = await follow(world, configs);
    await eventually(() => logged.join('').includes('agent.config-late'));
    const key = configKey({ tenant: by.tenant, agent, version: 1 });
    expect(await objects.stat(key)).toBeUndefined();
    objects.isAway = false;
    await eventually(async () => (await objects.stat(key)) !== undefined);
    await durable.stop();
  });

  it('goes on when its durable was deleted under it', async () => {
    const objects = new InMemoryObjectStore();
    await objects.ensureBuckets(['agents']);
    const { key, publish } = await agentToCome(world);
    const { durable, logged } = await follow(
      world,
      new StoredAgentConfigs(objects, new OwnWrites()),
    );
    await removeDurable(world);
    await eventually(() => logged.join('').includes('agent.config-durable-failed'));
    await publish();
    await eventually(async () => (await objects.stat(key)) !== undefined);
    await durable.stop();
  });

  it.each([
    ['no JSON', 'canary-4711 {'],
    ['no event', '{"canary-4711":1}'],
  ])('passes over what is %s and says so without quoting it', async (_what, garbage) => {
    const objects = new InMemoryObjectStore();
    await objects.ensureBuckets(['agents']);
    const ref = { tenant: newTenant(), aggregate: 'agent', id: newId() };
    const operator = await world.nats.connect({ user: 'operator' });
    const { key, publish } = await agentToCome(world);
    await jetstream(operator).publish(eventSubject(ref), garbage);
    await publish();
    const { durable, logged } = await follow(
      world,
      new StoredAgentConfigs(objects, new OwnWrites()),
    );
    await eventually(async () => (await objects.stat(key)) !== undefined);
    await eventually(async () => (await progressOf(world)).num_ack_pending === 0);
    await durable.stop();
    expect(logged.join('')).toContain('agent.config-unreadable');
    expect(logged.join('')).toContain(ref.id);
    expect(logged.join('')).not.toContain('canary-4711');
  });
});

/** The durable as a replica of its own runs it, with nothing else of the service. */
async function follow(world: World, configs: StoredAgentConfigs) {
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const logger = new Logger({ service: 'agents', level: 'debug', destination });
  const connection = await world.nats.connect({ user: 'agents' });
  const catalogue = eventCatalogue;
  const durable = await ConfigDurable.start({ connection, catalogue, configs, logger });
  return { durable, logged };
}

/** An agent that is nowhere yet: the key of its object and what puts it on the log. */
async function agentToCome(world: World) {
  const serving = await world.replica();
  const by = byFor(newTenant());
  const { id } = await createAgent(serving.app, by, { name: 'Desk', system_prompt: 'Be kind.' });
  // Its own durable would race for the events with the one under test.
  await serving.stop();
  const [made] = await world.history({ tenant: by.tenant, aggregate: 'agent', id });
  const other = { ...made, eventId: newId(), tenant: by.tenant, aggregate: 'agent', id: newId() };
  const operator = await world.nats.connect({ user: 'operator' });
  return {
    key: configKey({ tenant: other.tenant, agent: other.id, version: 1 }),
    publish: () => jetstream(operator).publish(eventSubject(other), JSON.stringify(other)),
  };
}

async function removeDurable(world: World): Promise<void> {
  const { manager, name } = await durableOf(world);
  await manager.consumers.delete(EVENT_STREAM, name);
}

async function progressOf(world: World) {
  const { manager, name } = await durableOf(world);
  return manager.consumers.info(EVENT_STREAM, name);
}

async function durableOf(world: World) {
  const manager = await jetstreamManager(await world.nats.connect({ user: 'operator' }));
  const [durable] = durablesOf(projections.agentConfigs);
  return { manager, name: durable?.name ?? '' };
}
