import { describe, expect, it } from '@jest/globals';
import { CELL_BYTES, rollingCells, settledCells, type LogCell } from './rolling-cells.js';

/** Cells of 100 sequences each. */
function cellsOf(count: number, gone: (index: number) => number = () => 0): LogCell[] {
  return Array.from({ length: count }, (_, index) => ({
    _id: index * 100 + 1,
    lastSeq: (index + 1) * 100,
    lastAtMs: index * 1_000,
    bytes: CELL_BYTES,
    gone: gone(index),
  }));
}

function leavingOf(cells: readonly LogCell[], share: (index: number) => number) {
  return new Map(cells.map(({ _id, bytes }, index) => [_id, bytes * share(index)]));
}

const indexes = (found: ReadonlySet<number>): number[] => [...found].map((id) => (id - 1) / 100);

describe('rollingCells', () => {
  it('given that nearly all leaves, finds all', () => {
    const cells = cellsOf(60);
    const found = indexes(
      rollingCells(
        cells,
        leavingOf(cells, () => 0.95),
      ),
    );
    expect(found).toHaveLength(60);
  });

  it('given that half of it stays, finds none', () => {
    const cells = cellsOf(60);
    expect(
      indexes(
        rollingCells(
          cells,
          leavingOf(cells, () => 0.5),
        ),
      ),
    ).toEqual([]);
  });

  it('given a stretch that stays, leaves out all that may share a block with it', () => {
    const cells = cellsOf(100);
    const stays = (index: number): boolean => index >= 50 && index < 66;
    const leaving = leavingOf(cells, (index) => (stays(index) ? 0 : 0.95));
    const found = rollingCells(cells, leaving);
    expect(indexes(found).filter((index) => index > 45 && index < 70)).toEqual([]);
    expect(indexes(found)).toContain(30);
  });

  it('given one that goes after its neighbours have gone, leaves it out', () => {
    const cells = cellsOf(60, (index) => (index === 30 ? CELL_BYTES * 0.9 : CELL_BYTES * 0.95));
    const found = rollingCells(
      cells,
      leavingOf(cells, (index) => (index === 30 ? 0.08 : 0)),
    );
    expect(indexes(found)).toEqual([]);
  });

  it('given neighbours that have gone whole, leaves out the edges only', () => {
    const went = (index: number): boolean => index < 30;
    const cells = cellsOf(90, (index) => (went(index) ? CELL_BYTES * 0.98 : 0));
    const leaving = leavingOf(cells, (index) => (went(index) ? 0 : 0.98));
    const found = indexes(rollingCells(cells, leaving));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(31);
    expect(found).toContain(34);
  });

  it('given a log whose beginning is not known, leaves out the first block', () => {
    const cells = cellsOf(60).slice(1);
    const found = indexes(
      rollingCells(
        cells,
        leavingOf(cells, () => 0.95),
      ),
    );
    expect(Math.min(...found)).toBeGreaterThan(15);
  });
});

describe('settledCells', () => {
  it('given cells up to a moment, leaves out the last block before it', () => {
    const cells = cellsOf(60);
    const found = indexes(settledCells(cells, ({ lastAtMs }) => lastAtMs < 40_000));
    expect(Math.max(...found)).toBe(39 - 17);
    expect(Math.min(...found)).toBe(0);
  });

  it('given that all are old, leaves out the last block of all', () => {
    expect(settledCells(cellsOf(60), () => true).size).toBe(60 - 17);
    expect(settledCells(cellsOf(10), () => true).size).toBe(0);
  });
});
