import { describe, expect, it } from '@jest/globals';
import { Pacer, type PacedItem } from './pacer.js';

const fail = (error: unknown): void => {
  throw error;
};

describe('a pacer', () => {
  it('sends in order, no item before its time or before the one ahead was made', async () => {
    const startMs = performance.now();
    const sent: [string, number][] = [];
    const pacer = new Pacer(fail);
    await new Promise<void>((resolve) => {
      const item = (name: string, afterMs: number, paceMs: number): PacedItem => ({
        notBeforeMs: startMs + afterMs,
        paceMs,
        send: () => {
          sent.push([name, performance.now() - startMs]);
          if (name === 'd') resolve();
        },
      });
      pacer.add(item('a', 20, 20), item('b', 0, 0), item('c', 0, 0), item('d', 60, 0));
    });
    expect(sent.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd']);
    const atLeastMs = [19, 39, 39, 59];
    expect(sent.every(([, atMs], at) => atMs >= (atLeastMs[at] ?? Infinity))).toBe(true);
    expect(pacer.isIdle).toBe(true);
  });

  it('sends nothing after it was cleared, also from within an item', async () => {
    const sent: string[] = [];
    const pacer = new Pacer(fail);
    const item = (name: string, then: () => void): PacedItem => ({
      notBeforeMs: 0,
      paceMs: 0,
      send: () => {
        sent.push(name);
        then();
      },
    });
    await new Promise<void>((resolve) => {
      pacer.add(
        item('a', () => {
          pacer.clear();
          pacer.add(item('c', resolve));
        }),
        item('b', fail.bind(undefined, new Error('b was dropped'))),
      );
    });
    expect(sent).toEqual(['a', 'c']);
  });

  it('tells of an item that failed and drops the rest', async () => {
    const error = await new Promise<unknown>((resolve) => {
      const pacer = new Pacer(resolve);
      const broken = { notBeforeMs: 0, paceMs: 0, send: () => fail(new RangeError('x')) };
      pacer.add(broken, { notBeforeMs: 0, paceMs: 0, send: () => resolve('went on') });
    });
    expect(error).toBeInstanceOf(RangeError);
  });
});
