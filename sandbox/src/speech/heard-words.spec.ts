import { describe, expect, it } from '@jest/globals';
import { wordsHeard, type Run } from './heard-words.js';
import type { Utterance } from './utterance-bank.js';

/** Three words of four blocks each, a silent block between them. */
const utterance = {
  words: ['one', 'two', 'three'].map((text, at) => {
    const from = at * 5;
    return { text, from, to: from + 4, startMs: from * 20, endMs: (from + 4) * 20 };
  }),
} as unknown as Utterance;

const run = (from: number, to: number, strange = 0): Run => ({ from, to, strange, startSample: 0 });
const heard = (...runs: readonly Run[]): string =>
  wordsHeard(utterance, runs)
    .map(({ text }) => text)
    .join(' ');

describe('what is understood', () => {
  it.each<[string, readonly Run[], string]>([
    ['everything', [run(0, 14)], 'one two three'],
    ['only the beginning', [run(0, 7)], 'one'],
    ['only the end', [run(7, 14)], 'three'],
    ['a block of a word is lost', [run(0, 6), run(7, 14)], 'one three'],
    [
      'a block of a word is lost and its neighbours spoilt',
      [run(0, 6), run(8, 14, 1)],
      'one three',
    ],
    ['a block of a word is doubled', [run(0, 7), run(6, 14)], 'one two two three'],
    ['a block between two others is added', [run(0, 7), run(7, 14, 1)], 'one two two three'],
    ['a whole word is said again', [run(0, 9), run(5, 14)], 'one two two three'],
    ['a block of a word is replaced', [run(0, 6), run(7, 14, 1)], 'one [garbled] three'],
    ['a pause is lost', [run(0, 4), run(5, 14)], 'one [garbled] two three'],
    ['a pause is doubled', [run(0, 5), run(4, 14)], 'one one two three'],
  ])('when %s', (_, runs, words) => expect(heard(...runs)).toBe(words));

  it('guesses the word that has just begun, if asked to', () => {
    const guessed = wordsHeard(utterance, [run(0, 8)], true).map(({ text }) => text);
    expect([heard(run(0, 8)), guessed]).toEqual(['one', ['one', 'two']]);
  });

  it('times words by where they were heard', () => {
    const late: Run = { from: 5, to: 9, strange: 0, startSample: 8000 };
    expect(wordsHeard(utterance, [late])).toEqual([{ text: 'two', startMs: 1000, endMs: 1080 }]);
  });
});
