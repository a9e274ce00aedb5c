import { describe, expect, it } from '@jest/globals';
import type { StoredDocument } from './view-writer-fold.js';
import { canonical, compareDocuments, hashOf } from './verify-compare.js';

function doc(more: object = {}): StoredDocument {
  const base = { _id: 'a', tenant: 't', v: { call: 1, dial: 2 }, first: {}, refs: {} };
  return { ...base, ...more } as StoredDocument;
}

describe('comparing documents', () => {
  it.each([
    ['neither', undefined, undefined, undefined],
    ['only built', undefined, doc(), 'missing'],
    ['only live', doc(), undefined, 'extra'],
    ['equal', doc(), doc(), undefined],
    ['other versions', doc({ x: 1 }), doc({ x: 2, v: { call: 2, dial: 2 } }), 'behind'],
    ['other content', doc({ x: 1 }), doc({ x: 2 }), 'content'],
    ['a field more', doc({ x: null }), doc(), 'content'],
  ])('%s', (_, live, built, kind) => {
    expect(compareDocuments(live, built)).toBe(kind);
  });

  it('ignores the order of keys, not that of lists', () => {
    expect(hashOf(doc({ x: 1, y: 2 }))).toBe(hashOf({ y: 2, x: 1, ...doc() } as StoredDocument));
    expect(hashOf(doc({ v: { dial: 2, call: 1 } }))).toBe(hashOf(doc()));
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
  });

  it('ignores how often a document was rewritten', () => {
    expect(compareDocuments(doc({ rewrites: 2 }), doc())).toBeUndefined();
    expect(compareDocuments(doc({ rewrites: 2, x: 1 }), doc({ x: 2 }))).toBe('content');
  });

  it('tells types apart that look alike', () => {
    expect(canonical(1)).not.toBe(canonical('1'));
    expect(canonical(new Date(0))).not.toBe(canonical(new Date(0).toISOString()));
    expect(canonical({ x: undefined })).toBe(canonical({}));
    expect(canonical({ x: null })).not.toBe(canonical({}));
  });
});
