import type { DeadLetters } from '../projector/dead-letters.js';
import type { ClosedNote, ClosedNotes } from './closed-notes.js';
import type { DurableFloor } from './durable-floor.js';
import type { HotLog } from './hot-log.js';
import { cellFinder, type LogCells } from './log-cells.js';
import { rollingCells } from './rolling-cells.js';
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

export interface ClearingParts {
  readonly hot: HotLog;
  readonly notes: ClosedNotes;
  readonly cells: LogCells;
  readonly letters: Pick<DeadLetters, 'list'>;
  readonly floor: DurableFloor;
}

export interface ClearingOptions {
  /** Who ended after this may wait for neighbours. */
  readonly waitSinceMs: number;
  readonly afterStep: (step: ClearStep) => Promise<void> | void;
}

/** So many records are overwritten at once rather than waited for: some seconds of the server's. */
const FEW_RECORDS = 500;
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
   * Answers how many wait. The floor is read after the index was written: a durable made later
   * for a rebuild then finds these events in the cold half, one made before holds them back here.
   */
  async clear(all: readonly Clearable[]): Promise<number> {
    const { floor, letters, notes, cells } = this.#parts;
    const floorSeq = await floor.lowest();
    const parked = new Set((await letters.list()).map(({ ref }) => refKey(ref)));
    const free = all.filter(
      ({ note, lastSeq }) => lastSeq <= floorSeq && !parked.has(refKey(note)),
    );
    const plan = await this.#plan(free);
    // The server writes a whole block anew to overwrite one event, and appends wait behind it.
    for (const one of plan.overwritten) await this.#overwriteOne(one);
    const purged = [...plan.overwritten, ...plan.rolling];
    await atOnce(AT_ONCE, purged, (one) => this.#purgeOne(one));
    await cells.noteGone(plan.going(purged));
    await notes.done(purged);
    await this.#options.afterStep('purged');
    return plan.waiting.length;
  }

  /**
   * A purge leaves the bytes on the disk until the server writes the block anew. Where that is
   * sure to happen a purge is enough; elsewhere an event is overwritten before it goes, or waits
   * for its neighbours to go with it.
   */
  async #plan(free: readonly Clearable[]) {
    const seqs = free.flatMap(({ records }) => records.map(({ seq }) => seq));
    const [first, last] = [least(seqs), -least(seqs.map((seq) => -seq))];
    const cells = seqs.length > 0 ? await this.#parts.cells.around(first, last) : [];
    const cellOf = cellFinder(cells);
    const going = (some: readonly Clearable[]): Map<number, number> => bytesByCell(some, cellOf);
    const waiting: Clearable[] = [];
    let moving = [...free];
    for (;;) {
      const rolling = rollingCells(cells, going(moving));
      const rolls = ({ seq, isMarked }: HotRecord): boolean =>
        !isMarked || rolling.has(cellOf(seq) ?? -1);
      const fixed = moving.filter(({ records }) => !records.every(rolls));
      const recordCount = fixed.reduce((sum, { records }) => sum + records.length, 0);
      const late = recordCount > FEW_RECORDS ? fixed.filter((one) => this.#mayWait(one)) : [];
      if (late.length === 0) {
        const slow = new Set(fixed);
        const rest = moving.filter((one) => !slow.has(one));
        return { overwritten: fixed, rolling: rest, waiting, going };
      }
      // What waits does not go now, which may hold up others.
      waiting.push(...late);
      const stays = new Set(late);
      moving = moving.filter((one) => !stays.has(one));
    }
  }

  #mayWait({ note }: Clearable): boolean {
    return note.lastAtMs > this.#options.waitSinceMs;
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
