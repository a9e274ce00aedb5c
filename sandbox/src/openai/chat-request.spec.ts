import { describe, expect, it } from '@jest/globals';
import { askedIn, chatRequest, historyMistake } from './chat-request.js';
import { jsonExample } from './json-example.js';

const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } };
const calls = { role: 'assistant', content: null, tool_calls: [call] };
const result = { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'found' }] };
const parsed = (messages: readonly object[], more = {}) =>
  chatRequest.parse({ model: 'm', messages, ...more });

describe('a chat request', () => {
  it('is read as one question', () => {
    const tools = [{ type: 'function', function: { name: 'look' } }];
    const history = [
      { role: 'system', content: 'Be Ann.' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'well' },
      { role: 'user', content: [{ type: 'text', text: 'two' }] },
      calls,
      result,
    ];
    expect(askedIn(parsed(history, { tools }), 'k')).toEqual({
      key: 'k',
      system: 'Be Ann.',
      userText: 'two',
      turn: 2,
      afterTool: { callId: 'c1', name: 'look', result: 'found' },
      toolNames: ['look'],
    });
    expect(askedIn(parsed(history, { tools, tool_choice: 'none' }), 'k').toolNames).toEqual([]);
  });

  it.each([
    ['no result follows a call', [calls, { role: 'user', content: 'x' }], /call_ids? did not have/],
    ['its result comes too late', [calls, { role: 'user', content: 'x' }, result], /did not have/],
    ['the result is missing at the end', [calls], /did not have response/],
    ['nobody asked for the result', [result], /must be a response/],
    ['a result comes twice', [calls, result, result], /must be a response/],
  ])('is wrong when %s', (_name, messages, mistake) => {
    expect(historyMistake(parsed(messages).messages)).toMatch(mistake);
  });

  it('is right when each call has its result', () => {
    const both = { ...calls, tool_calls: [call, { ...call, id: 'c2' }] };
    const messages = [both, { ...result, tool_call_id: 'c2' }, result];
    expect(historyMistake(parsed(messages).messages)).toBeUndefined();
  });
});

describe('JSON of an asked-for shape', () => {
  const exampleOf = (schema: object) =>
    JSON.parse(jsonExample({ type: 'json_schema', json_schema: { schema } }) ?? '') as unknown;

  it.each<[object, unknown]>([
    [{ type: 'string', minLength: 6 }, 'text..'],
    [{ type: ['integer', 'null'], minimum: 3 }, 3],
    [{ anyOf: [{ type: 'boolean' }, { type: 'string' }] }, false],
    [{ const: 'a' }, 'a'],
    [{ enum: ['b', 'c'] }, 'b'],
    [{ type: 'array', items: { type: 'number' } }, []],
    [{ type: 'array', items: { type: 'number' }, minItems: 2 }, [0, 0]],
    [{ type: 'object', properties: { a: { type: 'object' } } }, { a: {} }],
    [{}, null],
  ])('%j', (schema, example) => expect(exampleOf(schema)).toEqual(example));

  it('is not made for text', () => {
    expect(jsonExample({ type: 'text' })).toBeUndefined();
    expect(jsonExample({ type: 'json_object' })).toBe('{}');
  });
});
