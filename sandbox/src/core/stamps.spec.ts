import { describe, expect, it } from '@jest/globals';
import { Stamps } from './stamps.js';

const stamp = (id: string) => ({ provider: 'p', kind: 'llm-first-token', id, text: 'x' }) as const;

describe('stamps', () => {
  it('gives those after a number, in order, on both clocks', () => {
    const stamps = new Stamps();
    for (const id of ['a', 'b', 'c']) stamps.add(stamp(id));
    const read = stamps.since(1);
    expect(read.stamps.map(({ id, seq }) => [id, seq])).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
    expect([read.next, read.dropped]).toEqual([3, 0]);
    const [first] = read.stamps;
    expect(
      Math.abs((first?.epochMs ?? 0) - (first?.atMs ?? 0) - performance.timeOrigin),
    ).toBeLessThan(1);
    expect(stamps.since(read.next)).toEqual({ stamps: [], next: 3, dropped: 0 });
  });

  it('keeps the newest and says how many it dropped', () => {
    const stamps = new Stamps();
    for (let at = 0; at < 65_540; at += 1) stamps.add(stamp(String(at)));
    const { stamps: kept, dropped } = stamps.since(0);
    expect([kept.length, kept[0]?.id, dropped]).toEqual([65_536, '4', 4]);
  });
});
