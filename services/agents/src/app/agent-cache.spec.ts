import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredAgent } from '../views/agents.js';
import { AgentCache } from './agent-cache.js';

const agent = (id: string, v = 1): StoredAgent =>
  ({ _id: id, tenant: 't1', v: { agent: v } }) as StoredAgent;
const key = (id: string) => ({ tenant: 't1', agent: id });

describe('E21 the cache of agents', () => {
  let nowMs = 0;
  let cache: AgentCache;
  beforeEach(() => {
    nowMs = 0;
    cache = new AgentCache({ clock: { nowMs: () => nowMs }, ttlMs: 600_000, maxEntries: 3 });
  });

  it('answers for ten minutes', () => {
    cache.keep(agent('a'), cache.epoch);
    nowMs = 599_999;
    expect(cache.get(key('a'))).toEqual(agent('a'));
    nowMs = 600_000;
    expect(cache.get(key('a'))).toBeUndefined();
  });

  it('knows agents by tenant', () => {
    cache.keep(agent('a'), cache.epoch);
    expect(cache.get({ tenant: 't2', agent: 'a' })).toBeUndefined();
  });

  it('keeps nothing older than the news', () => {
    cache.drop(key('a'), 3);
    cache.keep(agent('a', 2), cache.epoch);
    expect(cache.get(key('a'))).toBeUndefined();
    cache.keep(agent('a', 3), cache.epoch);
    expect(cache.get(key('a'))).toEqual(agent('a', 3));
    cache.keep(agent('a', 2), cache.epoch);
    expect(cache.get(key('a'))).toEqual(agent('a', 3));
  });

  it('keeps nothing that was read before it was emptied', () => {
    const { epoch } = cache;
    cache.clear();
    cache.keep(agent('a'), epoch);
    expect(cache.get(key('a'))).toBeUndefined();
  });

  it('lets go of the one unused for longest', () => {
    for (const id of ['a', 'b', 'c']) cache.keep(agent(id), cache.epoch);
    cache.get(key('a'));
    cache.keep(agent('d'), cache.epoch);
    expect(['a', 'b', 'c', 'd'].filter((id) => cache.get(key(id)))).toEqual(['a', 'c', 'd']);
    expect(cache.size).toBe(3);
  });
});
