import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ClauseChunker } from './clause-chunker.js';

/** As a model sends it: a few letters at a time. */
function chunksOf(text: string, language = 'en', size = 3): string[] {
  const chunker = new ClauseChunker(language);
  const chunks: string[] = [];
  for (let at = 0; at < text.length; at += size) {
    chunks.push(...chunker.push(text.slice(at, at + size)));
  }
  return [...chunks, ...chunker.end()].map((chunk) => chunk.trim());
}

describe('clause chunker', () => {
  it.each([
    ['sentences', 'en', 'Hello there! How are you?', ['Hello there!', 'How are you?']],
    [
      'a first clause',
      'en',
      'Good morning Ann, how can I help?',
      ['Good morning Ann,', 'how can I help?'],
    ],
    ['no short first clause', 'en', 'Well, I see.', ['Well, I see.']],
    [
      'decimals',
      'en',
      'It costs 3.50 or 1,250.75 in all. Fine?',
      ['It costs 3.50 or 1,250.75 in all.', 'Fine?'],
    ],
    [
      'titles',
      'en',
      'Ask Dr. Smith or Mrs. Jones. They know.',
      ['Ask Dr. Smith or Mrs. Jones.', 'They know.'],
    ],
    [
      'initials',
      'en',
      'Call J. Smith e.g. today. Thanks.',
      ['Call J. Smith e.g. today.', 'Thanks.'],
    ],
    ['I', 'en', 'So am I. Good.', ['So am I.', 'Good.']],
    [
      'e-mails',
      'en',
      'Write to jo.doe@ex.co.uk please. Bye.',
      ['Write to jo.doe@ex.co.uk please.', 'Bye.'],
    ],
    [
      'URLs',
      'en',
      'See https://a.example.com/x?y=1.2, it helps. Bye.',
      ['See https://a.example.com/x?y=1.2, it helps.', 'Bye.'],
    ],
    [
      'times',
      'en',
      'Come at 10:30 a.m. on Monday. Yes?',
      ['Come at 10:30 a.m. on Monday.', 'Yes?'],
    ],
    [
      'dates',
      'en',
      'That was on March 3, 2025 in Rome. Right?',
      ['That was on March 3, 2025 in Rome.', 'Right?'],
    ],
    ['lists', 'en', '1. Open it.\n2. Close it.', ['1. Open it.', '2. Close it.']],
    ['quotes', 'en', 'He said "stop." Then he left.', ['He said "stop."', 'Then he left.']],
    [
      'Spanish',
      'es',
      '¿Cómo está, Sra. López? Son 3,50 euros.',
      ['¿Cómo está, Sra. López?', 'Son 3,50 euros.'],
    ],
    [
      'German',
      'de',
      'Am 3. Mai z.B. kostet es 1.250,50 Euro. Gut?',
      ['Am 3. Mai z.B. kostet es 1.250,50 Euro.', 'Gut?'],
    ],
    ['French', 'fr', 'M. Dupont arrive. Voilà !', ['M. Dupont arrive.', 'Voilà !']],
    ['Hindi', 'hi', 'नमस्ते जी। आप कैसे हैं?', ['नमस्ते जी।', 'आप कैसे हैं?']],
    ['Chinese', 'zh', '你好，我在这里。请说！', ['你好，我在这里。', '请说！']],
  ])('given %s, then nothing is torn apart', (_what, language, text, chunks) => {
    expect(chunksOf(text, language)).toEqual(chunks);
    expect(chunksOf(text, language, 1)).toEqual(chunks);
  });

  it('given a text without any mark, then it is cut at a space in the end', () => {
    const chunks = chunksOf('word '.repeat(100));
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks) expect(chunk).toMatch(/^(word ?)+$/);
  });

  it('given any tokens, then the chunks are the tokens, joined', () => {
    const token = fc.oneof(
      fc.constantFrom('. ', ', ', ' ', '\n', '3.5', 'Dr.', '!', '” ', 'a@b.co', '。', '...'),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 80 }), (tokens) => {
        const chunker = new ClauseChunker('en');
        const chunks = [...tokens.flatMap((one) => chunker.push(one)), ...chunker.end()];
        expect(chunks.join('')).toBe(tokens.join(''));
      }),
    );
  });
});
