import type { EventCatalogue } from '@trunkline/contracts';
import { AppError, sleep, systemClock, type Clock } from '@trunkline/kernel';
import type { NatsConnection } from '@nats-io/transport-node';
import { newId } from '../../ids.js';
import type { Mongo } from '../../mongo/index.js';
import type { ObjectStore } from '../../object-store/index.js';
import { DeadLetters } from '../projector/dead-letters.js';
import { eventCatalogue } from '../store/event-catalogue.js';
import { ArchivePass, type ArchiveReport, type ArchiveStep } from './archive-pass.js';
import { ClosedNotes } from './closed-notes.js';
import { ColdIndex, rebuildColdIndex } from './cold-index.js';
import { ColdStore } from './cold-store.js';
import { isKnownDurable, type IsKnownDurable } from './durable-floor.js';
import { Eraser, type EraseReport, type EraseStep } from './eraser.js';
import { Erasures } from './erasures.js';
import { DocumentForgetter, rolledAfter, type Forgetter, type RollingCopy } from './forgetter.js';
import { HotLog } from './hot-log.js';
import { Lease } from './lease.js';
import { LogCells } from './log-cells.js';
import { LogWalk } from './log-walk.js';
import { SegmentFiles } from './segment-files.js';
import { SegmentWriter } from './segment-writer.js';

export type ArchiverStep = ArchiveStep | EraseStep | 'recovered' | 'noted' | 'orphan';

export interface ArchiverLog {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

export interface ArchiverOptions {
  readonly connection: NatsConnection;
  /** The database of the log: every service reads `log_cold` there. */
  readonly mongo: Mongo;
  readonly objects: ObjectStore;
  readonly log: ArchiverLog;
  /** How long an aggregate stays hot after its last event; never under an hour. */
  readonly hotMs?: number;
  readonly everyMs?: number;
  readonly bucket?: string;
  readonly catalogue?: EventCatalogue;
  readonly isKnownDurable?: IsKnownDurable;
  /** Besides the documents, which are always rebuilt. */
  readonly forgetters?: readonly Forgetter[];
  readonly copies?: readonly RollingCopy[];
  /** How long deleted objects keep their bytes, where the store can tell. */
  readonly vacuum?: RollingCopy | undefined;
  readonly clock?: Clock;
  /** Called after each step; tests die there. */
  readonly afterStep?: (step: ArchiverStep) => Promise<void> | void;
}

export interface ArchiverReport {
  readonly archive: ArchiveReport;
  readonly erase: EraseReport;
}

const HOUR_MS = 3_600_000;
const LEAST_HOT_MS = HOUR_MS;
const USUAL_HOT_MS = 72 * HOUR_MS;
const USUAL_EVERY_MS = 10 * 60_000;
const LEASE = 'archiver';

/** The cold half for an event store or a projector. */
export function openColdStore(
  mongo: Mongo,
  objects: ObjectStore,
  options: { readonly bucket?: string } = {},
): ColdStore {
  return new ColdStore(new ColdIndex(mongo), new SegmentFiles(objects, options.bucket));
}

/** Moves what has ended into the cold half and forgets who is to be forgotten, one at a time. */
export class Archiver {
  readonly #options: ArchiverOptions;
  readonly #clock: Clock;
  readonly #catalogue: EventCatalogue;
  readonly #index: ColdIndex;
  readonly #files: SegmentFiles;
  readonly #writer: SegmentWriter;
  readonly #notes: ClosedNotes;
  readonly #erasures: Erasures;
  readonly #cells: LogCells;
  #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: ArchiverOptions) {
    const { mongo, objects, bucket } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#catalogue = options.catalogue ?? eventCatalogue;
    this.#index = new ColdIndex(mongo);
    this.#files = new SegmentFiles(objects, bucket);
    this.#writer = new SegmentWriter(this.#index, this.#files);
    this.#notes = new ClosedNotes({ catalogue: this.#catalogue, mongo, index: this.#index });
    this.#erasures = new Erasures(this.#catalogue, mongo);
    this.#cells = new LogCells(mongo);
  }

  get erasures(): Erasures {
    return this.#erasures;
  }

  /** Works in the background until `stop`; a pass that fails is logged and tried again. */
  async start(): Promise<void> {
    await this.ensure();
    this.#stopping = new AbortController();
    this.#loop = this.#work(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new AppError('service.unavailable'));
    await this.#loop;
  }

  async ensure(): Promise<void> {
    await this.#index.ensure();
    await this.#notes.ensure();
    await this.#erasures.ensure();
    await this.#cells.ensure();
  }

  /** Refused as `log.busy` while another process holds the lease. */
  async runOnce(
    options: { readonly isDryRun?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<ArchiverReport> {
    return this.#withLease(async (afterStep) => {
      const { signal, isDryRun = false } = options;
      const hot = await HotLog.open(this.#options.connection);
      const letters = await DeadLetters.open(this.#options.connection);
      await this.#prepare(afterStep, signal);
      const erase = isDryRun
        ? { erased: 0, completed: 0, waiting: [] }
        : await this.#eraser(hot, letters).run({ signal, afterStep });
      const parts = {
        hot,
        letters,
        notes: this.#notes,
        index: this.#index,
        cells: this.#cells,
        writer: this.#writer,
        catalogue: this.#catalogue,
        isKnownDurable: this.#options.isKnownDurable ?? isKnownDurable,
      };
      const beforeMs = this.#clock.nowMs() - this.#hotMs();
      const pass = new ArchivePass(parts, { beforeMs, isDryRun, signal, afterStep });
      return { archive: await pass.run(), erase };
    });
  }

  /** Forgets at once instead of in the next pass. */
  async eraseNow(signal?: AbortSignal): Promise<EraseReport> {
    return this.#withLease(async (afterStep) => {
      const hot = await HotLog.open(this.#options.connection);
      const letters = await DeadLetters.open(this.#options.connection);
      await this.#prepare(afterStep, signal);
      return this.#eraser(hot, letters).run({ signal, afterStep });
    });
  }

  /** After a loss of `log_cold`: from the manifests alone. */
  async rebuildIndex(): Promise<number> {
    return this.#withLease(() => rebuildColdIndex(this.#index, this.#files));
  }

  /** Segments without a manifest that no write of ours is about to finish. */
  async sweepOrphans(): Promise<number> {
    return this.#withLease(async (afterStep) => {
      await this.#writer.recover();
      const orphans = await this.#files.orphans();
      for (const name of orphans) {
        // Without the lease it may be the data of somebody else's write.
        await afterStep('orphan');
        await this.#files.removeOrphan(name);
      }
      return orphans.length;
    });
  }

  async #prepare(
    afterStep: (step: ArchiverStep) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await this.#writer.recover();
    await afterStep('recovered');
    const { connection, mongo } = this.#options;
    await new LogWalk(connection, mongo).catchUp(
      [this.#erasures, this.#notes, this.#cells].map((one) => (batch) => one.observe(batch)),
      signal,
    );
    await afterStep('noted');
  }

  async #withLease<T>(
    work: (afterStep: (step: ArchiverStep) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const lease = await Lease.take(this.#options.connection, LEASE, newId());
    if (!lease) throw new AppError('log.busy', { retryable: true });
    try {
      return await work(async (step) => {
        await this.#options.afterStep?.(step);
        lease.check();
      });
    } finally {
      await lease.release();
    }
  }

  #eraser(hot: HotLog, letters: DeadLetters): Eraser {
    const { forgetters = [], copies, vacuum } = this.#options;
    return new Eraser({
      hot,
      index: this.#index,
      files: this.#files,
      writer: this.#writer,
      erasures: this.#erasures,
      catalogue: this.#catalogue,
      isKnownDurable: this.#options.isKnownDurable ?? isKnownDurable,
      forgetters: [new DocumentForgetter(letters), ...forgetters],
      copies: copies ?? usualCopies(this.#clock, vacuum),
      clock: this.#clock,
    });
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { log, everyMs = USUAL_EVERY_MS } = this.#options;
    while (!signal.aborted) {
      try {
        this.#tell(await this.runOnce({ signal }));
      } catch (error) {
        const isBusy = error instanceof AppError && error.code === 'log.busy';
        if (!isBusy && !signal.aborted) log.error('archiver.failed', { error });
      }
      await Promise.allSettled([sleep(everyMs, signal)]);
    }
  }

  #tell({ archive, erase }: ArchiverReport): void {
    const { log } = this.#options;
    const { aggregates, events, segments, durables } = archive;
    log.info('archiver.pass', { count: aggregates, events, segments });
    for (const durable of durables.unknown) log.warn('archiver.unknown-durable', { durable });
    const { erased, completed, waiting } = erase;
    if (erased + completed + waiting.length === 0) return;
    log.info('archiver.erased', { count: erased, total: completed, pending: waiting.length });
  }

  #hotMs(): number {
    return Math.max(LEAST_HOT_MS, this.#options.hotMs ?? USUAL_HOT_MS);
  }
}

/** The figures of docs/runbooks/forgetting.md. */
function usualCopies(clock: Clock, vacuum?: RollingCopy): RollingCopy[] {
  return [
    rolledAfter('log blocks', HOUR_MS, clock),
    rolledAfter('raft logs', HOUR_MS, clock),
    // S3 cannot say whether a deleted object's bytes are gone: some stores let go of them at once.
    vacuum ?? rolledAfter('object store vacuum', 24 * HOUR_MS, clock),
    rolledAfter('mongodb oplog', 48 * HOUR_MS, clock),
  ];
}
