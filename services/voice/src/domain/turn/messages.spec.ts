import { describe, expect, it } from '@jest/globals';
import { ended, givenCall } from '../../../test/support/turns.js';
import { messagesOf } from './messages.js';
import { firstState, type Line } from './turn-state.js';

describe('messagesOf', () => {
  it('tells a model no more of a long call than it can hold, and never half an exchange', () => {
    const history: Line[] = Array.from({ length: 400 }, (_, turn) => [
      { who: 'caller', text: `${turn} `.padEnd(200, 'a') } as const,
      { who: 'agent', text: 'b'.repeat(200), tools: [] } as const,
    ]).flat();
    const [system, first, ...rest] = messagesOf({ ...firstState, history }, 'You book.');
    expect(system).toEqual({ role: 'system', text: 'You book.' });
    expect(first?.role).toBe('user');
    expect(rest.length).toBeLessThan(310);
    expect(rest.at(-2)?.text.startsWith('399 ')).toBe(true);
  });

  it('always tells what was said last, however long it is', () => {
    const history = [{ who: 'caller', text: 'a'.repeat(100_000) }] as const;
    expect(messagesOf({ ...firstState, history }, 'x')).toHaveLength(2);
  });
});

describe('the history of a very long call', () => {
  const talk = (turns: number) => {
    const call = givenCall();
    for (let turn = 0; turn < turns; turn += 1) {
      call.when(ended(`${turn} `.padEnd(500, 'a')));
      const utterance = call.state.reply?.number ?? 0;
      call.when({ type: 'reply-speaks', reply: utterance }, { type: 'play-started', utterance });
      call.when({ type: 'reply-ended', reply: utterance });
      call.when({ type: 'play-ended', utterance, text: 'b'.repeat(500) });
    }
    return call.state;
  };

  it('is kept only as far as a model is told of it', () => {
    const state = talk(400);
    expect(state.history.length).toBeLessThanOrEqual(120);
    expect(state.completedTurns).toBe(400);
  });

  it('tells a model the same as if all of it were kept', () => {
    const kept: Line[] = Array.from({ length: 100 }, (_, turn) => [
      { who: 'caller', text: `${turn} `.padEnd(500, 'a') } as const,
      { who: 'agent', text: 'b'.repeat(500), tools: [] } as const,
    ]).flat();
    expect(messagesOf(talk(100), 'x')).toEqual(messagesOf({ ...firstState, history: kept }, 'x'));
  });
});
