import { describe, expect, it } from '@jest/globals';
import { agentDefaults } from '@trunkline/contracts';
import * as fc from 'fast-check';
import { isBackchannel } from './backchannel.js';
import { plainText } from './plain-text.js';
import { fillIn } from './prompt-variables.js';
import { Pronunciations, StreamedPronunciations } from './pronunciation.js';
import { SpokenText } from './spoken-text.js';
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
  it('given a reply in tokens, then it is said clause by clause and written as it came', () => {
    const pronunciations = new Pronunciations([{ word: 'Acme', say: 'Ack-me' }]);
    const text = new SpokenText({ language: 'en', pronunciations });
    const reply = '**Acme** has 2 shops, e.g. in Rome 😀. Call us!\n\n---';
    const tokens = reply.match(/.{1,4}/gs) ?? [];
    const chunks = [...tokens.flatMap((token) => text.push(token)), ...text.end()];
    expect(chunks.map((chunk) => chunk.written).join('')).toBe(reply);
    expect(chunks.map((chunk) => chunk.spoken).filter((said) => said !== '')).toEqual([
      'Ack-me has two shops, ',
      'e.g. in Rome. ',
      'Call us! ',
    ]);
  });
});
