import { allProjections, projectionName } from '@trunkline/contracts';
import type { AggregateRef, ProjectionDefinition } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import type { DeadLetters } from '../projector/dead-letters.js';

/**
 * Forgets one aggregate somewhere outside the log: documents, recordings, cached answers.
 * It is called after the log was rewritten, until it succeeds once; it must be repeatable.
 */
export interface Forgetter {
  readonly name: string;
  forget(ref: AggregateRef, signal?: AbortSignal): Promise<void>;
  /** False while the work goes on elsewhere; `erased` is not reported before. */
  isDone(ref: AggregateRef): Promise<boolean>;
}

/** A copy that nobody can delete and that goes by itself, e.g. MongoDB's oplog. */
export interface RollingCopy {
  readonly name: string;
  hasRolled(sinceMs: number): Promise<boolean>;
}

/** Asks the projectors of every service to build the documents anew from the rewritten log. */
export class DocumentForgetter implements Forgetter {
  readonly name = 'documents';
  readonly #letters: Pick<DeadLetters, 'ask' | 'get'>;
  readonly #projections: readonly ProjectionDefinition[];

  constructor(
    letters: Pick<DeadLetters, 'ask' | 'get'>,
    projections: readonly ProjectionDefinition[] = allProjections(),
  ) {
    this.#letters = letters;
    this.#projections = projections;
  }

  async forget(ref: AggregateRef): Promise<void> {
    for (const projection of this.#namesFor(ref)) {
      await this.#letters.ask('rewrite', { projection, ref: plain(ref) });
    }
  }

  async isDone(ref: AggregateRef): Promise<boolean> {
    for (const projection of this.#namesFor(ref)) {
      const letter = await this.#letters.get(projection, plain(ref));
      if (letter && letter.state !== 'settled') return false;
    }
    return true;
  }

  #namesFor(ref: AggregateRef): string[] {
    return this.#projections
      .filter(({ aggregates }) => aggregates.includes(ref.aggregate))
      .map(projectionName);
  }
}

/** For copies whose age is bounded and known; docs/runbooks/forgetting.md has the figures. */
export function rolledAfter(name: string, ageMs: number, clock: Clock): RollingCopy {
  return { name, hasRolled: (sinceMs) => Promise.resolve(clock.nowMs() - sinceMs >= ageMs) };
}

function plain({ tenant, aggregate, id }: AggregateRef): AggregateRef {
  return { tenant, aggregate, id };
}
