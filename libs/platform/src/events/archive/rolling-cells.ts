/** A stretch of the log, as it was written: about half a megabyte of neighbouring records. */
export interface LogCell {
  /** Its first sequence. */
  readonly _id: number;
  readonly lastSeq: number;
  /** When the server stored its last record. */
  readonly lastAtMs: number;
  /** Of every record that was ever in it. */
  readonly bytes: number;
  /** Of those that the archiver has taken away. */
  readonly gone: number;
}

export const CELL_BYTES = 512 * 1024;
/** nats-server's for a stream in files. */
const BLOCK_BYTES = 8 * 1024 * 1024;
/** Marks of deletions stand in the blocks as well: one may hold that much less of ours. */
const LEAST_BLOCK_BYTES = BLOCK_BYTES * 0.75;
/** So many cells before and after one can share a block with it. */
export const REACH = BLOCK_BYTES / CELL_BYTES + 2;
/** Sizes are known to some bytes a record only. */
const MARGIN = 1.2;

/**
 * nats-server writes a block anew, without what was deleted, once less than half of it is
 * alive. Where its blocks begin is not known, so a cell is among the answer only if every
 * block that it may be part of loses more than stays in it. What left earlier counts for
 * nothing: the block may have been written anew since.
 */
export function rollingCells(
  cells: readonly LogCell[],
  leaving: ReadonlyMap<number, number>,
): Set<number> {
  const sums = sumsOf(cells, leaving);
  const rolling = new Set(cells.map(({ _id }) => _id));
  const keep = (from: number, to: number): void => {
    for (const cell of cells.slice(from, to + 1)) rolling.delete(cell._id);
  };
  // What stands before the first known cell may share its block.
  if (cells[0]?._id !== 1) keep(0, endOf(sums, 0, BLOCK_BYTES));
  for (let from = 0; from < cells.length; from += 1) {
    const lastEnd = endOf(sums, from, BLOCK_BYTES + (cells[from]?.bytes ?? 0));
    for (let to = endOf(sums, from, LEAST_BLOCK_BYTES); to <= lastEnd; to += 1) {
      if (to < cells.length && !losesMoreThanStays(sums, from, to)) keep(from, to);
    }
  }
  return rolling;
}

/** The cells whose whole block is old: none of them can be in the block that is written now. */
export function settledCells(
  cells: readonly LogCell[],
  isOld: (cell: LogCell) => boolean,
): Set<number> {
  const settled = new Set<number>();
  const edge = cells.findIndex((cell) => !isOld(cell));
  let after = 0;
  for (const cell of cells.slice(0, edge < 0 ? cells.length : edge).toReversed()) {
    if (after > BLOCK_BYTES) settled.add(cell._id);
    after += cell.bytes;
  }
  return settled;
}

interface Sums {
  /** Each one longer than the cells: the sum of all before. */
  readonly written: readonly number[];
  readonly staying: readonly number[];
  readonly leaving: readonly number[];
}

function sumsOf(cells: readonly LogCell[], leaving: ReadonlyMap<number, number>): Sums {
  const sums = { written: [0], staying: [0], leaving: [0] };
  for (const { _id, bytes, gone } of cells) {
    const leaves = leaving.get(_id) ?? 0;
    const stays = Math.max(0, bytes - gone - leaves);
    sums.written.push((sums.written.at(-1) ?? 0) + bytes);
    sums.staying.push((sums.staying.at(-1) ?? 0) + stays);
    sums.leaving.push((sums.leaving.at(-1) ?? 0) + leaves);
  }
  return sums;
}

/** The cells at both ends may be in the block with the worse part of theirs. */
function losesMoreThanStays(sums: Sums, from: number, to: number): boolean {
  const leaves = between(sums.leaving, from + 1, to - 1);
  return leaves > MARGIN * between(sums.staying, from, to);
}

function endOf({ written }: Sums, from: number, bytes: number): number {
  let to = from;
  while (to < written.length - 1 && between(written, from, to) < bytes) to += 1;
  return to;
}

function between(sums: readonly number[], from: number, to: number): number {
  return to < from ? 0 : (sums[to + 1] ?? sums.at(-1) ?? 0) - (sums[from] ?? 0);
}
