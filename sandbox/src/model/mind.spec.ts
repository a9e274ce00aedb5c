import { describe, expect, it } from '@jest/globals';
import { Mind } from './mind.js';
import { scriptOrder, type Asked } from './script.js';
import { tokensOf } from './tokens.js';

const asked = (more: Partial<Asked> = {}): Asked => ({
  key: 'k',
  system: 'You are Ann.',
  userText: 'Hello there.',
  turn: 1,
  toolNames: ['hang_up'],
  ...more,
});
const minded = (...orders: unknown[]): Mind => {
  const mind = new Mind();
  for (const order of orders) mind.learn(scriptOrder.parse(order));
  return mind;
};

describe('what a model without a script says', () => {
  const mind = new Mind();

  it('echoes the caller', () => {
    const { say, toolCalls } = mind.decide(asked({ userText: 'I need a plumber.' }));
    expect([say, toolCalls]).toEqual([expect.stringContaining('I need a plumber.'), []]);
  });

  it('greets when nobody has spoken yet', () => {
    expect(mind.decide(asked({ userText: undefined, turn: 0 })).say).toMatch(/^Hello/);
  });

  it('hangs up after a goodbye if it was given a tool for it', () => {
    const bye = { userText: 'That is all, goodbye!' };
    expect(mind.decide(asked(bye)).toolCalls).toEqual([
      { id: expect.stringMatching(/^call_/), name: 'hang_up', argumentsText: '{}' },
    ]);
    expect(mind.decide(asked({ ...bye, toolNames: ['lookup'] })).toolCalls).toEqual([]);
  });
});

describe('a script', () => {
  it('answers by the first rule that holds', () => {
    const mind = minded({
      rules: [
        { when: 'order (\\d+)', say: 'Looking.' },
        { when: { turn: 2 }, say: 'Twice!' },
        { say: 'Pardon? {{user}}' },
      ],
    });
    expect(mind.decide(asked({ userText: 'My ORDER 12 please', turn: 2 })).say).toBe('Looking.');
    expect(mind.decide(asked({ userText: 'x', turn: 2 })).say).toBe('Twice!');
    expect(mind.decide(asked({ userText: 'x' })).say).toBe('Pardon? x');
  });

  it('goes on with `then` when the result is in, and does not call the tool again', () => {
    const then = { say: 'It is {{result}}.' };
    const mind = minded({
      rules: [{ tool: { name: 'look', arguments: { a: 1 } }, then, firstTokenMs: 5 }],
    });
    const first = mind.decide(asked());
    const [call] = first.toolCalls;
    expect([call?.argumentsText, first.firstTokenMs]).toEqual(['{"a":1}', 5]);
    const afterTool = { callId: call?.id ?? '', name: 'look', result: 'late' };
    expect(mind.decide(asked({ afterTool })).say).toBe('It is late.');
    expect(mind.decide(asked({ afterTool: { ...afterTool, callId: 'x' } })).toolCalls).toEqual([]);
  });

  it('has rules for results', () => {
    const mind = minded({ rules: [{ when: { tool: 'look' }, say: 'a' }] });
    const afterTool = { callId: 'x', name: 'look', result: '' };
    expect(mind.decide(asked({ afterTool })).say).toBe('a');
    expect(mind.decide(asked()).say).not.toBe('a');
  });

  it('is only for whom it is meant, and the newest wins', () => {
    const mind = minded(
      { match: { key: 'k' }, rules: [{ say: 'old' }] },
      { match: { key: 'k' }, rules: [{ say: 'new' }] },
      { match: { system: 'bob' }, rules: [{ say: 'Bob' }] },
    );
    expect(mind.decide(asked()).say).toBe('new');
    expect(mind.decide(asked({ key: 'other', system: 'You are Bob' })).say).toBe('Bob');
    mind.forget('k');
    expect(mind.decide(asked()).say).toMatch(/^You said/);
    expect(mind.decide(asked({ system: 'Bob' })).say).toBe('Bob');
    mind.forget();
    expect(mind.decide(asked({ system: 'Bob' })).say).toMatch(/^You said/);
  });

  it.each([{}, { rules: [] }, { rules: [{ when: '(' }] }, { rules: [{ what: 1 }] }])(
    'is refused as %j',
    (order) => expect(scriptOrder.safeParse(order).success).toBe(false),
  );
});

describe('tokensOf', () => {
  it.each([
    '',
    'Hello, world! It costs 12,345.67 €.',
    '  a  b\n\nc ',
    'नमस्ते दुनिया',
    '日本語です。',
  ])('loses nothing of %j', (text) => expect(tokensOf(text).join('')).toBe(text));

  it('gives a space to the word behind it and breaks long words', () => {
    expect(tokensOf('Yes, conversation')).toEqual(['Yes', ',', ' conver', 'sation']);
  });
});
