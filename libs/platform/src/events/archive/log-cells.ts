import type { Collection } from 'mongodb';
import type { Mongo } from '../../mongo/index.js';
import type { WalkedEvent } from './log-walk.js';
import { CELL_BYTES, REACH, type LogCell } from './rolling-cells.js';

const CELLS = 'log_cells';

/** How much of each stretch of the log has gone. Lost counts only ever say that more stays. */
export class LogCells {
  readonly #mongo: Mongo;
  readonly #cells: Collection<LogCell>;

  constructor(mongo: Mongo) {
    this.#mongo = mongo;
    this.#cells = mongo.platformCollection<LogCell>(CELLS);
  }

  async ensure(): Promise<void> {
    await this.#mongo.ensureCollection(CELLS, { indexes: [], platform: true });
  }

  /** Walked in order, and again after a crash: what a cell has seen is not counted twice. */
  async observe(batch: readonly WalkedEvent[]): Promise<void> {
    const [newest] = await this.#cells.find().sort({ _id: -1 }).limit(1).toArray();
    const touched = new Map<number, LogCell>();
    let open = newest;
    for (const { seq, atMs: lastAtMs, bytes } of batch) {
      if (open && seq <= open.lastSeq) continue;
      open =
        !open || open.bytes >= CELL_BYTES
          ? { _id: seq, lastSeq: seq, lastAtMs, bytes, gone: 0 }
          : { ...open, lastSeq: seq, lastAtMs, bytes: open.bytes + bytes };
      touched.set(open._id, open);
    }
    if (touched.size === 0) return;
    const writes = [...touched.values()].map(({ _id, gone, ...seen }) => ({
      updateOne: { filter: { _id }, update: { $set: seen, $setOnInsert: { gone } }, upsert: true },
    }));
    await this.#cells.bulkWrite(writes, { ordered: true });
  }

  /** Those that hold any of these sequences, and all that may share a block with them. */
  async around(firstSeq: number, lastSeq: number): Promise<LogCell[]> {
    const near = REACH + 1;
    const before = this.#cells.find({ _id: { $lte: firstSeq } }).sort({ _id: -1 });
    const within = this.#cells.find({ _id: { $gt: firstSeq, $lte: lastSeq } }).sort({ _id: 1 });
    const after = this.#cells.find({ _id: { $gt: lastSeq } }).sort({ _id: 1 });
    return [
      ...(await before.limit(near).toArray()).toReversed(),
      ...(await within.toArray()),
      ...(await after.limit(near).toArray()),
    ];
  }

  async noteGone(bytesByCell: ReadonlyMap<number, number>): Promise<void> {
    const writes = [...bytesByCell].map(([_id, gone]) => ({
      updateOne: { filter: { _id }, update: { $inc: { gone } } },
    }));
    if (writes.length > 0) await this.#cells.bulkWrite(writes, { ordered: false });
  }
}

/** Which cell each sequence stands in; undefined for what was never walked. */
export function cellFinder(cells: readonly LogCell[]): (seq: number) => number | undefined {
  return (seq) => {
    let low = 0;
    let high = cells.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cells[middle]?.lastSeq ?? Infinity) < seq) low = middle + 1;
      else high = middle;
    }
    const found = cells[low];
    return found && found._id <= seq ? found._id : undefined;
  };
}
