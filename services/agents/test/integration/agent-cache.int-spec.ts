import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { createAgent } from '../../src/app/create-agent.js';
import { patchDraft } from '../../src/app/edit-agent.js';
import { publishAgent } from '../../src/app/publish-agent.js';
import { getAgent } from '../../src/app/read-agent.js';
import { World, byFor, newTenant, type Replica } from '../support/world.js';

const body = { name: 'Front desk', system_prompt: 'Be kind.' };

describe('E21 the cache of agents', () => {
  let world: World;
  let one: Replica;
  let two: Replica;
  beforeAll(async () => {
    world = await World.start();
    one = await world.replica();
    two = await world.replica();
  });
  afterAll(() => world.stop());

  /** What MongoDB itself has seen of queries for this agent. */
  async function queriesFor(agent: string): Promise<number> {
    const profile = world.mongo.platformDatabase().collection('system.profile');
    return profile.countDocuments({ op: 'query', 'command.filter._id': agent });
  }

  it('E21 answers the second read without a query', async () => {
    const by = byFor(newTenant());
    const { id } = await createAgent(one.app, by, body);
    await world.mongo.platformDatabase().setProfilingLevel('all');
    const first = await getAgent(two.app, by, id);
    expect(await queriesFor(id)).toBe(1);
    expect(await getAgent(two.app, by, id)).toEqual(first);
    expect(await queriesFor(id)).toBe(1);
    await world.mongo.platformDatabase().setProfilingLevel('off');
  });

  it('E21 never hands a cached agent to another tenant', async () => {
    const { id } = await createAgent(one.app, byFor('tenant-a'), body);
    await getAgent(one.app, byFor('tenant-a'), id);
    await expect(getAgent(one.app, byFor('tenant-b'), id)).rejects.toMatchObject({
      code: 'request.not-found',
    });
  });

  it('E21 a publish drops it on every replica at once', async () => {
    const by = byFor(newTenant());
    const { id: agent } = await createAgent(one.app, by, body);
    for (let revision = 1; revision <= 10; revision += 1) {
      await Promise.all([one, two].map(({ app }) => getAgent(app, by, agent)));
      const config = { prompt: `Be kind, ${revision} times.` };
      await patchDraft(one.app, by, { agent, body: { revision, config } });
      await publishAgent(one.app, by, { agent, body: { revision: revision + 1 } });
      const own = await getAgent(one.app, by, agent);
      expect(own.live_version).toBe(revision + 1);
      await eventually(
        async () => (await getAgent(two.app, by, agent)).live_version === revision + 1,
        { deadlineMs: 1000, everyMs: 1 },
      );
    }
  });

  it('E21 a NATS reconnect empties it', async () => {
    const by = byFor(newTenant());
    const { id } = await createAgent(one.app, by, body);
    await getAgent(one.app, by, id);
    expect(one.app.cache.size).toBeGreaterThan(0);
    await world.nats.kill();
    await eventually(() => !one.app.news.isReliable);
    // What may be out of date is not answered from memory meanwhile, nor kept.
    expect(await getAgent(one.app, by, id)).toMatchObject({ id });
    await world.nats.start();
    await eventually(() => one.app.news.isReliable && one.app.cache.size === 0);
    expect(await getAgent(one.app, by, id)).toMatchObject({ id });
  });
});
