import { describe, expect, it } from '@jest/globals';
import { InMemoryObjectStore, type Requests } from '@trunkline/platform';
import { StoredKnowledge } from './stored-knowledge.js';

describe('stored knowledge', () => {
  it("asks in the voice runtime's name for the tenant, and reads texts where they are", async () => {
    const objects = new InMemoryObjectStore();
    await objects.ensureBuckets(['agents']);
    const key = 't1/a1/knowledge/d1.txt';
    const asText = { contentType: 'text/plain' };
    await objects.put({ bucket: 'agents', name: key }, Buffer.from('Été'), asText);
    const head = { revision: 1, documents: [{ id: 'd1', title: 'Hours', key }] };
    const asked: unknown[] = [];
    const ask = (definition: { verb: string }, input: unknown, context: unknown) => {
      asked.push([definition.verb, input, context]);
      return Promise.resolve(head);
    };
    const store = new StoredKnowledge({ ask } as unknown as Requests, objects);
    expect(await store.head({ tenant: 't1', agent: 'a1' })).toEqual(head);
    expect(asked).toMatchObject([
      ['knowledge', { agent: 'a1' }, { principal: { kind: 'service', id: 'voice', tenant: 't1' } }],
    ]);
    expect(await store.text(key, new AbortController().signal)).toBe('Été');
    await expect(store.text('nowhere', new AbortController().signal)).rejects.toMatchObject({
      code: 'object.missing',
    });
  });
});
