import type { Envelope, EventCatalogue } from '@trunkline/contracts';
import { newId } from '../../ids.js';
import type { DeadLetters } from '../projector/dead-letters.js';
import type { ClosedNote, ClosedNotes } from './closed-notes.js';
import type { ColdIndex } from './cold-index.js';
import { DurableFloor, type FloorReport, type IsKnownDurable } from './durable-floor.js';
import type { HotEvent, HotLog } from './hot-log.js';
import { HotClearing, atOnce, type Clearable, type ClearStep } from './hot-clearing.js';
import type { LogCells } from './log-cells.js';
import { carriesMarked } from './redaction.js';
import { dayOf, refKey, type ColdEvent } from './segment-format.js';
import type { SegmentWriter, WriteStep } from './segment-writer.js';

export type ArchiveStep = WriteStep | ClearStep;

/** Why an aggregate that has ended stays hot for now. */
export type KeptReason = 'recent' | 'behind' | 'parked' | 'erased' | 'unreadable' | 'neighbours';

export interface ArchiveReport {
  readonly aggregates: number;
  readonly events: number;
  readonly segments: number;
  readonly kept: Readonly<Record<KeptReason, number>>;
  readonly durables: FloorReport;
}

export interface ArchiveParts {
  readonly hot: HotLog;
  readonly notes: ClosedNotes;
  readonly index: ColdIndex;
  readonly cells: LogCells;
  readonly writer: SegmentWriter;
  readonly letters: Pick<DeadLetters, 'list'>;
  readonly catalogue: EventCatalogue;
  readonly isKnownDurable: IsKnownDurable;
}

export interface ArchivePassOptions {
  /** Events stored before this may go. */
  readonly beforeMs: number;
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called after each step: throws when the lease is gone. */
  readonly afterStep: (step: ArchiveStep) => Promise<void> | void;
}

interface Candidate {
  readonly note: ClosedNote;
  readonly hot: readonly HotEvent[];
  readonly lastSeq: number;
  /** Those that are not cold yet. */
  readonly fresh: readonly ColdEvent[];
}

const BATCH_SIZE = 500;
const MAX_SEGMENT_EVENTS = 2_000;
const AT_ONCE = 16;
/** So much is cold before it is taken out of the stream together: blocks are emptied whole. */
const CLEARED_BYTES = 64 * 1024 * 1024;
const CLEARED_AGGREGATES = 50_000;

/** One walk over everything that has ended. Whoever runs it holds the lease. */
export class ArchivePass {
  readonly #parts: ArchiveParts;
  readonly #options: ArchivePassOptions;
  readonly #floor: DurableFloor;
  readonly #clearing: HotClearing;
  readonly #kept: Record<KeptReason, number> = {
    recent: 0,
    behind: 0,
    parked: 0,
    erased: 0,
    unreadable: 0,
    neighbours: 0,
  };
  #cold: Clearable[] = [];
  /** New since the last round. */
  #coldBytes = 0;
  #aggregates = 0;
  #events = 0;
  #segments = 0;

  constructor(parts: ArchiveParts, options: ArchivePassOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#floor = new DurableFloor(parts.hot, parts.isKnownDurable);
    this.#clearing = new HotClearing(
      { ...parts, floor: this.#floor },
      { beforeMs: options.beforeMs, afterStep: options.afterStep },
    );
  }

  async run(): Promise<ArchiveReport> {
    const { notes } = this.#parts;
    const { signal, beforeMs } = this.#options;
    let batch: ClosedNote[] = [];
    for await (const note of notes.before(beforeMs)) {
      signal?.throwIfAborted();
      batch.push(note);
      if (batch.length < BATCH_SIZE) continue;
      await this.#moveBatch(batch);
      batch = [];
    }
    await this.#moveBatch(batch);
    await this.#clear({ isLast: true });
    this.#kept.neighbours = this.#cold.length;
    return {
      aggregates: this.#aggregates - this.#cold.length,
      events: this.#events,
      segments: this.#segments,
      kept: this.#kept,
      durables: await this.#floor.report(),
    };
  }

  async #moveBatch(batch: readonly ClosedNote[]): Promise<void> {
    if (batch.length === 0) return;
    const candidates = await this.#candidates(batch);
    const groups = Map.groupBy(candidates, ({ note }) => `${note.tenant} ${dayOf(note.lastAtMs)}`);
    for (const group of groups.values()) {
      for (const chunk of chunksOf(group)) await this.#moveChunk(chunk);
    }
    const isMuch = this.#coldBytes >= CLEARED_BYTES || this.#cold.length >= CLEARED_AGGREGATES;
    if (isMuch) await this.#clear({ isLast: false });
  }

  /** Who waits for neighbours is asked again with the next ones. */
  async #clear(round: { readonly isLast: boolean }): Promise<void> {
    if (this.#cold.length === 0) return;
    this.#cold = [...(await this.#clearing.clear(this.#cold, round))];
    this.#coldBytes = 0;
  }

  async #candidates(batch: readonly ClosedNote[]): Promise<Candidate[]> {
    const floorSeq = await this.#floor.lowest();
    const parked = await this.#parked();
    const coldSeqs = await this.#parts.index.lastColdSeqs(batch);
    const candidates: Candidate[] = [];
    const erased: { note: ClosedNote; lastSeq: number }[] = [];
    await atOnce(AT_ONCE, batch, async (note) => {
      const hot = await this.#parts.hot.events(note);
      const reason = hot ? await this.#reasonToKeep(note, hot, { floorSeq, parked }) : 'unreadable';
      if (reason) this.#kept[reason] += 1;
      else if (hot) candidates.push(candidateOf(note, hot, coldSeqs.get(refKey(note)) ?? 0));
      if (reason === 'erased') erased.push({ note, lastSeq: hot?.at(-1)?.seq ?? 0 });
    });
    // They never move: their notes come again with a later event, not with every pass.
    if (!this.#options.isDryRun) await this.#parts.notes.done(erased);
    return candidates;
  }

  async #reasonToKeep(
    note: ClosedNote,
    hot: readonly HotEvent[],
    limits: { readonly floorSeq: number; readonly parked: ReadonlySet<string> },
  ): Promise<KeptReason | undefined> {
    const last = hot.at(-1);
    if (!last) return undefined;
    const { catalogue, notes } = this.#parts;
    if (last.storedAtMs > this.#options.beforeMs) {
      await notes.touch(note, { seq: last.seq, atMs: last.storedAtMs });
      return 'recent';
    }
    // The erasing fact stays hot for ever; it keeps the last sequence of its subject.
    const isErased = hot.some(
      ({ event }) => catalogue.definitionOf(event.aggregate, event.type)?.erases,
    );
    if (isErased) return 'erased';
    if (limits.parked.has(refKey(note))) return 'parked';
    return last.seq > limits.floorSeq ? 'behind' : undefined;
  }

  async #moveChunk(chunk: readonly Candidate[]): Promise<void> {
    const fresh = chunk.flatMap((candidate) => candidate.fresh);
    const [first] = chunk;
    if (!first) return;
    if (this.#options.isDryRun) return this.#count(chunk, fresh);
    if (fresh.length > 0) {
      const { tenant, lastAtMs } = first.note;
      const name = { segment: newId(), generation: 1, tenant, day: dayOf(lastAtMs) };
      await this.#parts.writer.write(name, fresh, this.#options.afterStep);
    }
    this.#cold.push(...chunk.map((candidate) => this.#clearable(candidate)));
    this.#count(chunk, fresh);
  }

  #clearable({ note, lastSeq, hot }: Candidate): Clearable {
    const records = hot.map(({ seq, bytes, event }) => ({
      seq,
      bytes,
      isMarked: this.#marks(event),
    }));
    this.#coldBytes += records.reduce((sum, { bytes }) => sum + bytes, 0);
    return { note, lastSeq, records };
  }

  #marks(event: Envelope): boolean {
    return carriesMarked(this.#parts.catalogue, event);
  }

  async #parked(): Promise<ReadonlySet<string>> {
    const letters = await this.#parts.letters.list();
    return new Set(letters.map(({ ref }) => refKey(ref)));
  }

  #count(chunk: readonly Candidate[], fresh: readonly ColdEvent[]): void {
    this.#aggregates += chunk.length;
    this.#events += fresh.length;
    this.#segments += fresh.length > 0 ? 1 : 0;
  }
}

function candidateOf(note: ClosedNote, hot: readonly HotEvent[], coldSeq: number): Candidate {
  const fresh = hot
    .filter(({ seq }) => seq > coldSeq)
    .map(({ seq, event }): ColdEvent => ({ seq, event }));
  return { note, hot, fresh, lastSeq: hot.at(-1)?.seq ?? note.lastSeq };
}

/** An aggregate's events of one pass stay in one segment. */
function chunksOf(group: readonly Candidate[]): Candidate[][] {
  const chunks: Candidate[][] = [];
  let room = 0;
  for (const candidate of group) {
    const size = candidate.fresh.length;
    if (size > room || chunks.length === 0) {
      chunks.push([]);
      room = MAX_SEGMENT_EVENTS;
    }
    chunks.at(-1)?.push(candidate);
    room -= size;
  }
  return chunks;
}
