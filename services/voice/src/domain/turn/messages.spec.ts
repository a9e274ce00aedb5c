import { describe, expect, it } from '@jest/globals';
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
