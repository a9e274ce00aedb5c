import type { AggregateRef, EventCatalogue } from '@trunkline/contracts';
import { isAppError, type Clock } from '@trunkline/kernel';
import { newId } from '../../ids.js';
import { mergeHalves } from '../store/merge-halves.js';
import type { ColdIndex, IndexedSegment } from './cold-index.js';
import { DurableFloor, type IsKnownDurable } from './durable-floor.js';
import type { Erasure, Erasures } from './erasures.js';
import type { Forgetter, RollingCopy } from './forgetter.js';
import type { HotEvent, HotLog } from './hot-log.js';
import { applyPlan, changes, planForgetting, planSuperseded } from './redaction.js';
import type { RedactionPlan } from './redaction.js';
import type { SegmentFiles } from './segment-files.js';
import { dayOf, refKey, type ColdEvent } from './segment-format.js';
import type { SegmentWriter, WriteStep } from './segment-writer.js';

export type EraseStep = WriteStep | 'cold-rewritten' | 'deleted-one' | 'deleted' | 'forgotten';

export interface EraserParts {
  readonly hot: HotLog;
  readonly index: ColdIndex;
  readonly files: SegmentFiles;
  readonly writer: SegmentWriter;
  readonly erasures: Erasures;
  readonly catalogue: EventCatalogue;
  readonly isKnownDurable: IsKnownDurable;
  readonly forgetters: readonly Forgetter[];
  readonly copies: readonly RollingCopy[];
  readonly clock: Clock;
}

export interface EraserOptions {
  readonly signal?: AbortSignal | undefined;
  readonly afterStep: (step: EraseStep) => Promise<void> | void;
}

export interface EraseReport {
  readonly erased: number;
  readonly completed: number;
  /** What keeps the others, by aggregate. */
  readonly waiting: readonly { readonly ref: string; readonly for: string }[];
}

interface ColdPart {
  readonly segment: IndexedSegment;
  readonly events: readonly ColdEvent[];
}

/**
 * The only code that rewrites history, and only to forget. The rewritten events are safe in
 * the cold half before the first original is overwritten; every step may be repeated.
 */
export class Eraser {
  readonly #parts: EraserParts;
  readonly #floor: DurableFloor;

  constructor(parts: EraserParts) {
    this.#parts = parts;
    this.#floor = new DurableFloor(parts.hot, parts.isKnownDurable);
  }

  async run(options: EraserOptions): Promise<EraseReport> {
    const { erasures } = this.#parts;
    const waiting: { ref: string; for: string }[] = [];
    let erased = 0;
    for (const erasure of await erasures.inState('pending')) {
      options.signal?.throwIfAborted();
      const reason = await this.#erase(erasure, options);
      if (reason === undefined) erased += 1;
      else await this.#wait(erasure, reason, waiting);
    }
    let completed = 0;
    for (const erasure of await erasures.inState('rolling')) {
      const reason = await this.#unrolled(erasure);
      if (reason === undefined) {
        await erasures.noteComplete(erasure);
        completed += 1;
      } else await this.#wait(erasure, reason, waiting);
    }
    return { erased, completed, waiting };
  }

  async #wait(
    erasure: Erasure,
    reason: string,
    waiting: { ref: string; for: string }[],
  ): Promise<void> {
    await this.#parts.erasures.noteWaiting(erasure, reason);
    waiting.push({ ref: refKey(erasure), for: reason });
  }

  /** Answers what it waits for, if it could not be done. */
  async #erase(erasure: Erasure, options: EraserOptions): Promise<string | undefined> {
    const hot = await this.#parts.hot.events(erasure);
    if (!hot) return 'an event that cannot be read';
    const cold = await this.#coldParts(erasure);
    try {
      const plan = this.#plan(hot, cold);
      const blocked = plan && (await this.#rewrite({ erasure, hot, plan }, options));
      if (blocked) return blocked;
    } catch (error) {
      if (isAppError(error) && error.code === 'log.not-erasable')
        return 'code that knows the event';
      throw error;
    }
    await this.#forgetElsewhere(erasure, options);
    await this.#parts.erasures.noteDeleted(erasure, this.#parts.clock.nowMs());
    return undefined;
  }

  #plan(hot: readonly HotEvent[], cold: readonly ColdPart[]): RedactionPlan | undefined {
    const { catalogue } = this.#parts;
    const history = mergeHalves(
      cold.flatMap(({ events }) => events.map(({ event }) => event)),
      hot.map(({ event }) => event),
    );
    return planForgetting(catalogue, history) ?? planSuperseded(catalogue, history);
  }

  async #rewrite(
    work: {
      readonly erasure: Erasure;
      readonly hot: readonly HotEvent[];
      readonly plan: RedactionPlan;
    },
    options: EraserOptions,
  ): Promise<string | undefined> {
    const { erasure, plan } = work;
    const originals = work.hot.filter(({ event }) => event.v <= plan.upToV);
    const lastSeq = originals.at(-1)?.seq ?? 0;
    const floor = await this.#floor.report();
    if (lastSeq > floor.lowestSeq) return `durables: ${floor.behind.join(', ')}`;
    await this.#writeRedacted({ erasure, originals, plan }, options);
    // Read again: what was moved by the archiver and not yet purged is among them.
    for (const part of await this.#coldParts(erasure)) {
      await this.#rewriteSegment({ erasure, part, plan }, options);
    }
    await options.afterStep('cold-rewritten');
    // In order, so that hot stays the end of the history at every moment.
    for (const { seq } of originals) {
      await this.#parts.hot.eraseEvent(seq);
      await options.afterStep('deleted-one');
    }
    await options.afterStep('deleted');
    return undefined;
  }

  async #writeRedacted(
    work: {
      readonly erasure: Erasure;
      readonly originals: readonly HotEvent[];
      readonly plan: RedactionPlan;
    },
    options: EraserOptions,
  ): Promise<void> {
    const { erasure, originals, plan } = work;
    const coldSeq = await this.#parts.index.lastColdSeq(erasure);
    const fresh = originals.filter(({ seq }) => seq > coldSeq);
    const last = fresh.at(-1);
    if (!last) return;
    const { tenant } = erasure;
    const name = { segment: newId(), generation: 1, tenant, day: dayOf(last.storedAtMs) };
    const events = fresh.map(({ seq, event }) => ({ seq, event: applyPlan(plan, event) }));
    await this.#parts.writer.write(name, events, options.afterStep);
  }

  async #rewriteSegment(
    work: { readonly erasure: Erasure; readonly part: ColdPart; readonly plan: RedactionPlan },
    options: EraserOptions,
  ): Promise<void> {
    const { part, plan } = work;
    const isOurs = isOf(work.erasure);
    if (!part.events.some(({ event }) => isOurs(event) && changes(plan, event))) return;
    // The whole segment, because its other aggregates stay in it.
    const all = await this.#parts.files.read(part.segment);
    const events = all.map(({ seq, event }) => ({
      seq,
      event: isOurs(event) ? applyPlan(plan, event) : event,
    }));
    const { segment, tenant, day } = part.segment;
    const generation = await this.#parts.index.nextGeneration(segment);
    const name = { segment, generation, tenant, day };
    await this.#parts.writer.write(name, events, options.afterStep);
  }

  async #coldParts(ref: AggregateRef): Promise<ColdPart[]> {
    const isOurs = isOf(ref);
    const parts: ColdPart[] = [];
    for (const segment of await this.#parts.index.segmentsOf(ref)) {
      const events = await this.#parts.files.read(segment);
      parts.push({ segment, events: events.filter(({ event }) => isOurs(event)) });
    }
    return parts;
  }

  async #forgetElsewhere(erasure: Erasure, options: EraserOptions): Promise<void> {
    const { hot, forgetters, erasures } = this.#parts;
    await hot.eraseDeadLetters(erasure);
    for (const forgetter of forgetters) {
      if (erasure.forgotten.includes(forgetter.name)) continue;
      await forgetter.forget(erasure, options.signal);
      await erasures.noteForgotten(erasure, forgetter.name);
      await options.afterStep('forgotten');
    }
  }

  async #unrolled(erasure: Erasure): Promise<string | undefined> {
    for (const forgetter of this.#parts.forgetters) {
      if (!(await forgetter.isDone(erasure))) return forgetter.name;
    }
    for (const copy of this.#parts.copies) {
      if (!(await copy.hasRolled(erasure.deletedAtMs ?? Infinity))) return copy.name;
    }
    return undefined;
  }
}

function isOf(ref: AggregateRef): (event: AggregateRef) => boolean {
  return (event) => event.aggregate === ref.aggregate && event.id === ref.id;
}
