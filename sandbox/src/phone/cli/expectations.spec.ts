import { describe, expect, it } from '@jest/globals';
import { expectations } from '../script.js';
import { verdictsOf } from './expectations.js';

const event = (type: string, data: Record<string, unknown>) => ({
  v: 1,
  type,
  at: '2026-01-01T00:00:00.000Z',
  data,
});
const log = [
  event('call.turn-agent', { text: 'Your table is booked.' }),
  event('call.tool-called', { tool: 'book_table' }),
  event('call.ended', { side: 'agent', reason: 'agent_hangup' }),
];

describe('verdictsOf', () => {
  it.each([
    [{ said: ['TABLE.*booked'] }, true],
    [{ said: ['sorry'] }, false],
    [{ notSaid: ['sorry'] }, true],
    [{ notSaid: ['booked'] }, false],
    [{ toolsCalled: ['book_table'] }, true],
    [{ toolsCalled: ['cancel'] }, false],
    [{ endedBy: 'agent' }, true],
    [{ endedBy: 'agent_hangup' }, true],
    [{ endedBy: 'caller' }, false],
  ])('holds %p against the log: %p', (expected, held) => {
    const verdicts = verdictsOf(expectations.parse(expected), log);
    expect(verdicts.map((one) => one.held)).toEqual([held]);
  });
});
