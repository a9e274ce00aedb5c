import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Pronunciations } from '../text/pronunciation.js';
import { SpokenText } from '../text/spoken-text.js';
import { heardText, type HeardUtterance } from './heard-text.js';

const WORD_MS = 100;
const pronunciations = new Pronunciations([
  { word: 'New York', say: 'Noo Yawk' },
  { word: 'nginx', say: 'engine ex' },
]);

/** As a voice says it, each of its words as long as the next. */
function spoken(tokens: readonly string[], language = 'en'): HeardUtterance {
  const text = new SpokenText({ language, pronunciations });
  const said = [...tokens.flatMap((token) => text.push(token)), ...text.end()];
  const words = said
    .map((piece) => piece.spoken)
    .join('')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word, at) => ({ text: word, startMs: at * WORD_MS, endMs: (at + 1) * WORD_MS }));
  return { text: tokens.join(''), said, words, soundMs: words.length * WORD_MS };
}

describe('what was heard of an utterance', () => {
  it.each([
    ['money', 'It is $23 a night.', 5, 'It is $23 a'],
    ['half of a sum', 'It is $23 a night.', 3, 'It is'],
    ['a time', 'We open at 9:30 am on Monday.', 7, 'We open at 9:30 am on'],
    ['a date', 'On March 3, 2025 we met.', 5, 'On March 3, 2025'],
    ['a pronunciation', 'Fly to New York or Rome.', 5, 'Fly to New York or'],
    ['half a pronunciation', 'Fly to New York or Rome.', 3, 'Fly to'],
    ['marks for the eye', '**Hello** — dear *guest*, welcome.', 2, '**Hello** — dear'],
    ['nothing', 'Hello there.', 0, ''],
    ['everything', 'It costs $1,500.', 99, 'It costs $1,500.'],
  ])('given %s, then it is told as it was written', (_what, text, words, heard) => {
    expect(heardText(spoken([text]), words * WORD_MS)).toBe(heard);
    const letters = spoken([...text]);
    expect(heardText(letters, words * WORD_MS)).toBe(heard);
  });

  it('given a voice that splits words in its own way, then the letters tell', () => {
    const utterance = spoken(['Call twenty-three people now.']);
    const words = ['Call', 'twenty', 'three', 'people now'].map((text, at) => {
      return { text, startMs: at * WORD_MS, endMs: (at + 1) * WORD_MS };
    });
    expect(heardText({ ...utterance, words }, 200)).toBe('Call');
    expect(heardText({ ...utterance, words }, 300)).toBe('Call twenty-three');
  });

  it('given no times, then its share of the text is told in whole words', () => {
    const bare = { text: 'We have a table at eight.', said: [], words: [], soundMs: 1000 };
    expect(heardText(bare, 500)).toBe('We have a');
    expect(heardText(bare, 0)).toBe('');
    expect(heardText(bare, 1000)).toBe(bare.text);
  });

  const word = fc.oneof(
    fc.constantFrom('$23', '10', 'am', 'March 3,', '2025', '9:30', 'New', 'York', 'nginx', '—'),
    fc.constantFrom(
      '**bold**',
      '1,500.50',
      'e.g.',
      '+1 555 0100',
      '🙂',
      '你好，世界。',
      'नमस्ते',
      '50%',
    ),
    fc.string({ maxLength: 8 }),
  );
  const sentence = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));

  it('is always a beginning of the writing that ends between two words, and only grows', () => {
    const language = fc.constantFrom('en', 'de', 'hi', 'zh');
    const hasTimes = fc.boolean();
    fc.assert(
      fc.property(sentence, language, hasTimes, fc.nat(4000), (text, tongue, timed, heardMs) => {
        const whole = spoken([text], tongue);
        const utterance = timed ? whole : { ...whole, words: [] };
        const heard = heardText(utterance, heardMs);
        expect(text.startsWith(heard)).toBe(true);
        expect(endsBetweenWords(text, heard.length)).toBe(true);
        expect(heardText(utterance, heardMs + 500).startsWith(heard)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('is everything once all of it was heard', () => {
    fc.assert(
      fc.property(sentence, (text) => {
        const utterance = spoken([text]);
        fc.pre(utterance.words.length > 0);
        expect(heardText(utterance, utterance.soundMs)).toBe(text.trimEnd());
      }),
    );
  });
});

const joined = /[\p{L}\p{N}\p{M}]/u;
const alone = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function endsBetweenWords(text: string, at: number): boolean {
  const before = [...text.slice(0, at)].at(-1) ?? ' ';
  const after = [...text.slice(at)][0] ?? ' ';
  return !(joined.test(before) && joined.test(after)) || alone.test(before) || alone.test(after);
}
