import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ChunkOrder } from './chunk-order.js';

function pushAll(order: ChunkOrder<number>, chunks: readonly number[]): number[] {
  return [...chunks.flatMap((chunk) => order.push(chunk, chunk).ready), ...order.drain()];
}

describe('ChunkOrder', () => {
  it.each([
    ['in order', [1, 2, 3], [1, 2, 3]],
    ['swapped', [1, 3, 2, 4], [1, 2, 3, 4]],
    ['two out of place', [1, 4, 2, 3, 5], [1, 2, 3, 4, 5]],
    ['doubled', [1, 2, 2, 3, 3], [1, 2, 3]],
    ['one lost', [1, 3, 4, 5, 6], [1, 3, 4, 5, 6]],
    ['one far too late', [1, 3, 4, 5, 6, 2, 7], [1, 3, 4, 5, 6, 7]],
    ['lost at the end', [1, 3], [1, 3]],
    ['not from one', [7, 8], [7, 8]],
  ])('given chunks %s', (_, given, expected) => {
    expect(pushAll(new ChunkOrder(3), given)).toEqual(expected);
  });

  it('holds back no more than it may', () => {
    const order = new ChunkOrder<number>(3);
    order.push(1, 1);
    expect([3, 4, 5].map((chunk) => order.push(chunk, chunk).ready)).toEqual([[], [], []]);
    expect(order.push(6, 6).ready).toEqual([3, 4, 5, 6]);
  });

  it('goes on after one wild number, and after a count begun anew', () => {
    const order = new ChunkOrder<number>(3);
    const chunks = [1, 2, 1_000_000_000, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(pushAll(order, chunks)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    const again = [1, 2, 3, 1, 2, 3, 4, 5, 6];
    expect(pushAll(order, [10, 11, 12, ...again]).slice(-3)).toEqual([4, 5, 6]);
  });

  it('puts any shuffle within its reach in order, and never doubles', () => {
    const jitter = fc.array(fc.double({ min: 0, max: 2.9, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(jitter, (delays) => {
        const chunks = delays
          .map((delay, index) => ({ chunk: index + 1, at: index === 0 ? -1 : index + delay }))
          .toSorted((one, two) => one.at - two.at)
          .map((one) => one.chunk);
        const sorted = chunks.toSorted((one, two) => one - two);
        expect(pushAll(new ChunkOrder(3), chunks)).toEqual(sorted);
      }),
    );
  });
});
