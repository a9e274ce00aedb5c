import { describe, expect, it } from '@jest/globals';
import { agentDefaults } from '@trunkline/contracts';
import * as fc from 'fast-check';
import { isBackchannel } from './backchannel.js';
import { plainText } from './plain-text.js';
import { fillIn } from './prompt-variables.js';
import { Pronunciations, StreamedPronunciations } from './pronunciation.js';
import { SpokenText } from './spoken-text.js';
import { WordChunker } from './word-chunker.js';
import { sameWords, wordCount } from './same-words.js';

describe('prompt variables', () => {
  const variable = (name: string, value: string | null) => ({
    name,
    type: 'string' as const,
    required: false,
    default: value,
    description: '',
  });
  const variables = [variable('first_name', 'friend'), variable('city', null)];

  it.each([
    ['given a value', 'Hi {{first_name}}!', { first_name: 'Ann' }, 'Hi Ann!'],
    ['given none, but a default', 'Hi {{ first_name }}!', {}, 'Hi friend!'],
    ['given neither', 'Hi {{city}}, hello.', {}, 'Hi, hello.'],
    ['given a number and a truth', '{{a}} {{b}}', { a: 3, b: false }, '3 false'],
    ['given a name nobody declared', 'A {{other}} B', {}, 'A B'],
    ['given a value that looks like one', '{{a}}', { a: '{{city}}', city: 'Rome' }, '{{city}}'],
    ['given a name of Object', '{{constructor}}x', {}, 'x'],
    ['given no placeholder', 'Keep  this , please', {}, 'Keep  this , please'],
  ])('%s, then it is filled in', (_given, text, values, filled) => {
    expect(fillIn(text, variables, values)).toBe(filled);
  });
});

describe('words', () => {
  it.each([
    ["I'd like two.", "i'd like, two", true],
    ['I’d like', "I'd like", true],
    ['Yes — please!', 'yes please', true],
    ['two', 'too', false],
    ['yes please', 'yes', false],
    ['नमस्ते।', 'नमस्ते', true],
  ])('%s and %s are the same words: %s', (one, other, same) => {
    expect(sameWords(one, other)).toBe(same);
  });

  it.each([
    ["well, I don't know", 4],
    ['…', 0],
    ['你好世界', 2],
    ['आप कैसे हैं', 3],
  ])('%s has %i words', (text, count) => {
    expect(wordCount(text)).toBe(count);
  });

  const phrases = agentDefaults.interruption.backchannels;
  it.each([
    ['Mhm.', true],
    ['Yeah, okay!', true],
    ['I see. Right.', true],
    ['uh-huh', true],
    ['okay stop', false],
    ['I', false],
    ['', false],
    ['yeah but', false],
  ])('%s is a backchannel: %s', (text, expected) => {
    expect(isBackchannel(text, phrases)).toBe(expected);
  });
});

describe('plain text', () => {
  it.each([
    ['**Great**, _Ann_! 😀👍🏽', 'Great, Ann! '],
    ['## Title\n- one\n* two', 'Title\none\ntwo'],
    ['See [our site](https://example.com/a).', 'See our site.'],
    ['Use `npm`.', 'Use npm.'],
    ['snake_case_name and 2*3*4', 'snake_case_name and 2*3*4'],
    ['Flag 🇩🇪 and # 5', 'Flag and # 5'],
  ])('%j is read as %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });
});

describe('pronunciations', () => {
  const dictionary = new Pronunciations([
    { word: 'sql', say: 'sequel' },
    { word: 'IT', say: 'eye tee' },
    { word: 'New York', say: 'Noo Yawk' },
    { word: 'c++', say: 'see plus plus' },
  ]);

  it.each([
    ['SQL, sql and mysql', 'sequel, sequel and mysql'],
    ['it is IT', 'it is eye tee'],
    ['New  York!', 'Noo Yawk!'],
    ['C++ is old', 'see plus plus is old'],
    ['naïvesql', 'naïvesql'],
  ])('%s is said as %s', (text, said) => {
    expect(dictionary.apply(text)).toBe(said);
  });

  it('given any pieces, then they are said like the whole', () => {
    const word = fc.constantFrom('sql', 'IT', 'it', 'New', 'York', 'New York', 'c++', 'SQL.', ',');
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 7 }), (words, size) => {
        const text = words.join(' ');
        const streamed = new StreamedPronunciations(dictionary);
        let said = '';
        for (let at = 0; at < text.length; at += size)
          said += streamed.push(text.slice(at, at + size));
        expect(said + streamed.end()).toBe(dictionary.apply(text));
      }),
    );
  });
});

describe('spoken text', () => {
  const pronunciations = new Pronunciations([
    { word: 'Acme', say: 'Ack-me' },
    { word: 'New York', say: 'Noo Yawk' },
  ]);
  const reply = '**Acme** has 2 shops, e.g. in New York 😀. Call us!\n\n---';
  const chunksOf = (text: string, pace: 'words' | 'clauses', size = 4) => {
    const spoken = new SpokenText({ language: 'en', pronunciations, pace });
    const tokens = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
    return [...tokens.flatMap((token) => spoken.push(token)), ...spoken.end()];
  };
  const saidOf = (text: string, size: number): string =>
    chunksOf(text, 'words', size)
      .map(({ spoken }) => spoken)
      .join('')
      .trim();

  it.each(['words', 'clauses'] as const)('given a reply in %s, then nothing is lost', (pace) => {
    const written = chunksOf(reply, pace).map((chunk) => chunk.written);
    expect(written.join('')).toBe(reply);
  });

  it('given a reply by clauses, then it is said clause by clause', () => {
    const said = chunksOf(reply, 'clauses').map(({ spoken }) => spoken);
    expect(said.filter((one) => one !== '')).toEqual([
      'Ack-me has two shops, ',
      'e.g. in Noo Yawk. ',
      'Call us! ',
    ]);
  });

  it('given a reply by words, then each is said as soon as it is whole', () => {
    const spoken = new SpokenText({ language: 'en', pronunciations: new Pronunciations([]) });
    const said = ['Hel', 'lo', ' there', ',', ' how', ' can'].map((token) =>
      spoken.push(token).map((chunk) => chunk.spoken),
    );
    expect(said).toEqual([[], [], ['Hello '], [], ['there, '], ['how ']]);
  });

  it.each([
    ['We open at 10:30 a.m. on Monday.', 'We open at ten thirty AM on Monday.'],
    ['Come at 3 p.m. Thanks.', 'Come at three PM. Thanks.'],
    ['On March 3, 2025 we met.', 'On March third, twenty twenty-five we met.'],
    ['The 4th of July 1999 it was.', 'The fourth of July nineteen ninety-nine it was.'],
    ['It was in 1995 or so.', 'It was in nineteen ninety-five or so.'],
    ['Your code is 0423 now.', 'Your code is zero four two three now.'],
    [
      'That is $3.5 million or 20 USD, fine.',
      'That is three point five million dollars or twenty dollars, fine.',
    ],
    [
      'Call +1 555 123 4567. Bye.',
      'Call plus one, five five five, one two three, four five six seven. Bye.',
    ],
    ['It is 5 km or 20 % of it.', 'It is five kilometers or twenty percent of it.'],
    ['Pages 5 - 10 please.', 'Pages five to ten please.'],
    [
      'See [our new site](https://x.example.com) and *really big* deals.',
      'See our new site and really big deals.',
    ],
    ['Ask in New York, not New Jersey.', 'Ask in Noo Yawk, not New Jersey.'],
    ['I have 3 of 4 and 5 of 6.', 'I have three of four and five of six.'],
  ])('given %j word by word, then it is said like the whole', (text, said) => {
    for (const size of [1, 2, 3, 5, 8, 100]) expect(saidOf(text, size)).toBe(said);
  });

  it('given any tokens, then the chunks are the tokens, joined', () => {
    const token = fc.oneof(
      fc.constantFrom('. ', '3', ' 3', 'March', '[a', '](', ')', ' New', ' York', '。', '\n', '$'),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
        const chunker = new WordChunker(pronunciations);
        const chunks = [...tokens.flatMap((one) => chunker.push(one)), ...chunker.end()];
        expect(chunks.join('')).toBe(tokens.join(''));
      }),
    );
  });
});
