import type { DeadLetters } from '../projector/dead-letters.js';
import type { ClosedNote, ClosedNotes } from './closed-notes.js';
import type { DurableFloor } from './durable-floor.js';
import type { HotLog } from './hot-log.js';
import { cellFinder, type LogCells } from './log-cells.js';
import { rollingCells, settledCells } from './rolling-cells.js';
import { refKey } from './segment-format.js';

/** An aggregate whose events are all cold by now. */
export interface Clearable {
  readonly note: ClosedNote;
  readonly lastSeq: number;
  readonly records: readonly HotRecord[];
}

export interface HotRecord {
  readonly seq: number;
  readonly bytes: number;
  /** With personal or secret fields: its bytes must not stay on the disk. */
  readonly isMarked: boolean;
}

export type ClearStep = 'overwritten-one' | 'purged-one' | 'purged';

type Fate = 'overwritten' | 'rolling' | 'waiting';

type Plan = Readonly<Record<Fate, readonly Clearable[]>> & {
  readonly cellOf: (seq: number) => number | undefined;
};

export interface ClearingParts {
  readonly hot: HotLog;
  readonly notes: ClosedNotes;
  readonly cells: LogCells;
  readonly letters: Pick<DeadLetters, 'list'>;
  readonly floor: DurableFloor;
}

export interface ClearingOptions {
  /** What the server stored before this is old. */
  readonly beforeMs: number;
  readonly afterStep: (step: ClearStep) => Promise<void> | void;
}

/** So many records are overwritten at once rather than waited for: some seconds of the server's. */
const FEW_RECORDS = 500;
/** How long somebody waits for neighbours before being overwritten alone. */
const WAIT_MS = 6 * 3_600_000;
const AT_ONCE = 16;

/** Takes aggregates out of the stream, so that neither they nor their bytes stay there. */
export class HotClearing {
  readonly #parts: ClearingParts;
  readonly #options: ClearingOptions;

  constructor(parts: ClearingParts, options: ClearingOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /**
   * Answers who waits for neighbours. The floor is read after the index was written: a durable
   * made later for a rebuild then finds these events in the cold half, one made before holds
   * them back here.
   */
  async clear(
    all: readonly Clearable[],
    { isLast }: { readonly isLast: boolean },
  ): Promise<readonly Clearable[]> {
    const { floor, letters, notes, cells } = this.#parts;
    const floorSeq = await floor.lowest();
    const parked = new Set((await letters.list()).map(({ ref }) => refKey(ref)));
    const free = all.filter(
      ({ note, lastSeq }) => lastSeq <= floorSeq && !parked.has(refKey(note)),
    );
    const plan = await this.#plan(free, isLast);
    // The server writes a whole block anew to overwrite one event, and appends wait behind it.
    for (const one of plan.overwritten) await this.#overwriteOne(one);
    const purged = [...plan.overwritten, ...plan.rolling];
    await atOnce(AT_ONCE, purged, (one) => this.#purgeOne(one));
    await cells.noteGone(bytesByCell(purged, plan.cellOf));
    await notes.done(purged);
    await this.#options.afterStep('purged');
    return plan.waiting;
  }

  /**
   * A purge leaves the bytes on the disk until the server writes the block anew. Where that is
   * sure to happen a purge is enough; elsewhere an event is overwritten before it goes. At the
   * young edge it waits, so that the rest of its block goes with it.
   */
  async #plan(free: readonly Clearable[], isLast: boolean): Promise<Plan> {
    const seqs = free.flatMap(({ records }) => records.map(({ seq }) => seq));
    const marked = free.flatMap(({ records }) => records.filter(({ isMarked }) => isMarked));
    const [firstSeq, lastSeq] = [least(seqs), -least(seqs.map((seq) => -seq))];
    const cells = seqs.length > 0 ? await this.#parts.cells.around(firstSeq, lastSeq) : [];
    const cellOf = cellFinder(cells);
    const rolling = rollingCells(cells, bytesByCell(free, cellOf));
    // What comes in the next round of this pass is not known yet.
    const edgeSeq = isLast ? Infinity : lastSeq;
    const settled = settledCells(
      cells,
      (cell) => cell.lastSeq <= edgeSeq && cell.lastAtMs <= this.#options.beforeMs,
    );
    const few = isLast && marked.length <= FEW_RECORDS;
    const fateOf = ({ note, records }: Clearable): Fate => {
      const own = records.filter(({ isMarked }) => isMarked).map(({ seq }) => cellOf(seq) ?? -1);
      if (own.length === 0) return 'rolling';
      if (few) return 'overwritten';
      const mayWait = !isLast || note.lastAtMs > this.#options.beforeMs - WAIT_MS;
      if (mayWait && !own.every((cell) => settled.has(cell))) return 'waiting';
      const rolls = own.every((cell) => settled.has(cell) && rolling.has(cell));
      return rolls ? 'rolling' : 'overwritten';
    };
    const fates = Map.groupBy(free, fateOf);
    const of = (fate: Fate): readonly Clearable[] => fates.get(fate) ?? [];
    return {
      overwritten: of('overwritten'),
      rolling: of('rolling'),
      waiting: of('waiting'),
      cellOf,
    };
  }

  /** The first event goes first: as long as it is there, the rest of the hot half looks whole. */
  async #overwriteOne({ records }: Clearable): Promise<void> {
    for (const [index, { seq, isMarked }] of records.entries()) {
      if (index === 0 || isMarked) await this.#parts.hot.eraseEvent(seq);
    }
    await this.#options.afterStep('overwritten-one');
  }

  async #purgeOne({ note, lastSeq }: Clearable): Promise<void> {
    await this.#parts.hot.purgeUpTo(note, lastSeq);
    await this.#options.afterStep('purged-one');
  }
}

function bytesByCell(
  some: readonly Clearable[],
  cellOf: (seq: number) => number | undefined,
): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { seq, bytes } of some.flatMap(({ records }) => records)) {
    const cell = cellOf(seq);
    if (cell !== undefined) sums.set(cell, (sums.get(cell) ?? 0) + bytes);
  }
  return sums;
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((found, one) => Math.min(found, one), Infinity);
}

/** Round trips are what a pass spends its time on; the bound keeps the server for the others. */
export async function atOnce<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += limit) {
    const results = await Promise.allSettled(items.slice(from, from + limit).map(work));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
