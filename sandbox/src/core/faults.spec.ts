import { describe, expect, it } from '@jest/globals';
import { FaultBook, faultOrder, faultsOf } from './faults.js';

const meeting = { provider: 'openai', kinds: ['slow', 'stall'] as const };
const bookOf = (...orders: unknown[]): FaultBook => {
  const book = new FaultBook();
  for (const order of orders) book.add(faultOrder.parse(order));
  return book;
};
const slow = { kind: 'slow', delayMs: 5 };
const stall = { kind: 'stall' };

describe('the book of faults', () => {
  it('acts out the first order that fits, as often as told, after as many as told', () => {
    const book = bookOf(
      { provider: 'openai', fault: slow, times: 1, after: 1 },
      { provider: 'openai', fault: stall, times: 2 },
    );
    const taken = Array.from({ length: 4 }, () => book.take(meeting)?.kind);
    expect(taken).toEqual(['stall', 'slow', 'stall', undefined]);
  });

  it('goes on until told otherwise when no number is given', () => {
    const book = bookOf({ provider: 'openai', fault: stall });
    expect([book.take(meeting), book.take(meeting)]).toEqual([stall, stall]);
    book.clear({ provider: 'openai' });
    expect(book.take(meeting)).toBeUndefined();
  });

  it.each([
    [{ provider: 'deepgram', fault: stall }, {}],
    [{ provider: 'openai', fault: { kind: 'twice' } }, {}],
    [{ provider: 'openai', fault: stall, key: 'a' }, { key: 'b' }],
    [{ provider: 'openai', fault: stall, match: 'Ann' }, { text: 'You are Bob' }],
  ])('leaves alone whom %j does not mean', (order, who) => {
    expect(bookOf(order).take({ ...meeting, ...who })).toBeUndefined();
  });

  it('finds whom it means by key and by text', () => {
    const order = { provider: 'openai', fault: stall, key: 'a', match: 'Ann' };
    expect(bookOf(order).take({ ...meeting, key: 'a', text: 'You are Ann.' })).toEqual(stall);
  });

  it('forgets the orders of one key and keeps the others', () => {
    const book = bookOf(
      { provider: 'openai', fault: slow, key: 'a' },
      { provider: 'openai', fault: stall, key: 'b' },
    );
    book.clear({ key: 'a' });
    expect(book.take({ ...meeting, key: 'a' })).toBeUndefined();
    expect(book.take({ ...meeting, key: 'b' })).toEqual(stall);
  });

  it('knows only the kinds it is asked for', () => {
    const schema = faultsOf(['slow', 'rate-limit']);
    expect(schema.safeParse(slow).success).toBe(true);
    expect(schema.parse({ kind: 'rate-limit' })).toEqual({
      kind: 'rate-limit',
      retryAfterSeconds: 1,
    });
    for (const wrong of [stall, { kind: 'slow' }, { ...slow, more: 1 }]) {
      expect(schema.safeParse(wrong).success).toBe(false);
    }
  });
});
