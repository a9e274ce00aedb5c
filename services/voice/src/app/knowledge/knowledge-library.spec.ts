import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, deferred } from '@trunkline/kernel';
import { KnowledgeLibrary, type Reader } from './knowledge-library.js';
import { Embeddings, KnowledgeStore, type KnowledgeHead } from './ports.js';

const never = new AbortController().signal;
const texts: Record<string, string> = {
  k1: 'We open at nine and close at six.',
  k2: 'Delivery takes two days and costs nothing.',
};

class Shelf extends KnowledgeStore {
  heads = 0;
  away: unknown;
  missing = '';
  override head(): Promise<KnowledgeHead> {
    this.heads += 1;
    if (this.away) return Promise.reject(this.away);
    const documents = Object.keys(texts).map((key) => ({ id: `d-${key}`, title: key, key }));
    return Promise.resolve({ revision: 1, documents });
  }
  override text(key: string): Promise<string> {
    if (key === this.missing) return Promise.reject(new AppError('object.missing'));
    return Promise.resolve(texts[key] ?? '');
  }
}

/** Knows two meanings: when, and how much. */
class Meanings extends Embeddings {
  readonly asked: (readonly string[])[] = [];
  readonly learnt = deferred<void>();
  away: unknown;
  override embed(_access: unknown, all: readonly string[]): Promise<readonly Float32Array[]> {
    this.asked.push(all);
    if (this.away) return Promise.reject(this.away);
    setImmediate(() => this.learnt.resolve());
    const isAboutTime = (text: string): boolean => /open|hours|late/.test(text);
    const vectors = all.map((text) => Float32Array.from(isAboutTime(text) ? [1, 0] : [0, 1]));
    return Promise.resolve(vectors);
  }
}

let store: Shelf;
let embeddings: Meanings;
let library: KnowledgeLibrary;
let told: string[];
const access = { provider: 'openai', baseUrl: 'x', apiKey: 'k', owner: 't1' };
const reader = (more: Partial<Reader> = {}): Reader => ({
  ...{ tenant: 't1', agent: 'a1', revision: 1, embedding: null },
  ...more,
});
const ask = async (query: string, of = reader()) => {
  const found = await library.open(of)?.search(query, never);
  return found?.map((passage) => passage.document);
};

beforeEach(() => {
  store = new Shelf();
  embeddings = new Meanings();
  told = [];
  const log = (event: string, fields: object) => void told.push(event + JSON.stringify(fields));
  library = new KnowledgeLibrary({ store, embeddings, log, maxCharacters: 100 });
});

describe('knowledge library', () => {
  it('finds passages by their words', async () => {
    expect(await ask('When do you open?')).toEqual(['d-k1']);
    expect(await ask('pizza')).toEqual([]);
  });

  it('reads an agent once for all calls, and again at the next revision', async () => {
    await Promise.all([ask('open'), ask('delivery'), ask('close')]);
    expect(store.heads).toBe(1);
    await ask('open', reader({ revision: 2 }));
    expect(store.heads).toBe(2);
  });

  it('has nothing for an agent without documents', () => {
    expect(library.open(reader({ revision: 0 }))).toBeNull();
  });

  it('forgets the agent unused for longest when there is no room', async () => {
    await ask('open', reader({ agent: 'a1' }));
    await ask('open', reader({ agent: 'a2' }));
    await ask('open', reader({ agent: 'a2' }));
    expect(store.heads).toBe(2);
    await ask('open', reader({ agent: 'a1' }));
    expect(store.heads).toBe(3);
  });

  it('finds by meaning where there is a key, and shares it with nobody who has none', async () => {
    const own = reader({ embedding: access });
    await ask('x', own);
    await embeddings.learnt.promise;
    expect(await ask('How late is it possible?', own)).toEqual(['d-k1']);
    expect(await ask('How late is it possible?')).toEqual([]);
  });

  it('goes by words alone when vectors cannot be made, and says so without a key', async () => {
    embeddings.away = new AppError('provider.rate-limited');
    expect(await ask('open', reader({ embedding: access }))).toEqual(['d-k1']);
    expect(told.join()).toContain('provider.rate-limited');
    expect(told.join()).not.toContain('"k"');
  });

  it('tries again after the documents could not be read', async () => {
    store.away = new AppError('service.timeout');
    await expect(ask('open')).rejects.toMatchObject({ code: 'service.timeout' });
    store.away = undefined;
    expect(await ask('open')).toEqual(['d-k1']);
  });

  it('does without a document that has just been removed', async () => {
    store.missing = 'k2';
    expect(await ask('open delivery')).toEqual(['d-k1']);
  });
});
