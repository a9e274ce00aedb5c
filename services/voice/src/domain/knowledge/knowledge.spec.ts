import { describe, expect, it } from '@jest/globals';
import { Bm25Index } from './bm25-index.js';
import { passagesOf } from './passages.js';
import { termsOf } from './terms.js';
import { fused, VectorIndex } from './vector-index.js';

describe('passages', () => {
  const of = (text: string) =>
    passagesOf({ document: 'd1', title: 'T', text }).map((passage) => passage.text);

  it('given short paragraphs, then they are read together', () => {
    expect(of('One.\n\nTwo\nlines.')).toEqual(['One. Two lines.']);
  });

  it('given a long text, then no sentence is cut and nothing is lost', () => {
    const sentences = Array.from(
      { length: 60 },
      (_, index) => `This is sentence ${index} of many.`,
    );
    const passages = of(sentences.join(' '));
    expect(passages.length).toBeGreaterThan(2);
    expect(passages.join(' ')).toBe(sentences.join(' '));
    for (const passage of passages) expect(passage).toMatch(/^This.*many\.$/);
  });

  it('given a text without sentences, then it is cut between words', () => {
    const text = 'word '.repeat(1000).trim();
    expect(of(text).join(' ')).toBe(text);
  });

  it('given nothing but space, then there is none', () => expect(of(' \n\n ')).toEqual([]));
});

describe('terms', () => {
  it.each([
    ['What are your opening hours?', ['open', 'hour']],
    ['Deliveries and boxes', ['delivery', 'box']],
    ['Café ÉTÉ', ['cafe', 'ete']],
    ['我们营业', ['我们', '们营', '营业']],
    ['bus glass is', ['bus', 'glass']],
  ])('%s is looked for as %j', (text, terms) => expect(termsOf(text)).toEqual(terms));
});

describe('BM25', () => {
  const texts = [
    'We open at nine and close at six from Monday to Friday.',
    'Deliveries take two days. Delivery is free above fifty dollars.',
    'Returns are free within thirty days.',
    'Unsere Öffnungszeiten: neun bis sechs Uhr.',
  ];
  const index = new Bm25Index(texts);
  const best = (query: string) => index.search(query, 2).map((hit) => hit.index);

  it.each([
    ['When do you open?', [0]],
    ['how long does a delivery take', [1]],
    ['is it free to return', [2, 1]],
    ['öffnungszeiten', [3]],
    ['pizza', []],
    ['', []],
  ])('given %j, then it finds %j', (query, expected) => expect(best(query)).toEqual(expected));
});

describe('vectors', () => {
  const index = new VectorIndex(
    [
      [1, 0],
      [0, 1],
      [1, 1],
    ].map((one) => Float32Array.from(one)),
  );

  it('given a meaning, then the likest comes first and the unlike never', () => {
    const hits = index.search(Float32Array.from([5, 0.1]), 3).map((hit) => hit.index);
    expect(hits).toEqual([0, 2]);
  });

  it('given two lists, then what both know comes first', () => {
    const list = (...indexes: number[]) => indexes.map((one) => ({ index: one, score: 1 }));
    expect(fused([list(4, 2), list(3, 2)], 2).map((hit) => hit.index)).toEqual([2, 3]);
  });
});
