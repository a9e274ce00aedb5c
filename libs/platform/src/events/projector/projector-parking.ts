import { eventFilter, type AggregateRef, type EventCatalogue } from '@trunkline/contracts';
import type { DeadLetter } from './dead-letters.js';
import type { ProjectionFailure } from './projection-failure.js';
import { maskEvent } from '../store/mask-event.js';
import type { Delivered, PoisonPolicy } from './projector-runner.js';

/** So often `project` may fail on one version before its aggregate is parked. */
export const POISON_LIMIT = 8;

/** Counts failures per aggregate and version; a side run keeps its parked letters to itself. */
export class Parking implements PoisonPolicy {
  readonly #projection: string;
  readonly #catalogue: EventCatalogue;
  readonly #publish: (letter: DeadLetter) => Promise<void>;
  readonly #failures = new Map<string, number>();
  readonly #parked = new Map<string, DeadLetter>();

  constructor(options: {
    readonly projection: string;
    readonly catalogue: EventCatalogue;
    /** Makes a parked letter durable, before anything of its aggregate is acknowledged. */
    readonly publish: (letter: DeadLetter) => Promise<void>;
  }) {
    this.#projection = options.projection;
    this.#catalogue = options.catalogue;
    this.#publish = options.publish;
  }

  get letters(): DeadLetter[] {
    return [...this.#parked.values()];
  }

  isParked(ref: AggregateRef): boolean {
    return this.#parked.has(keyOf(ref));
  }

  /** What the dead-letter stream says about an aggregate. */
  note(letter: DeadLetter): void {
    const key = keyOf(letter.ref);
    this.#forgetFailures(key);
    if (letter.state === 'parked') this.#parked.set(key, letter);
    else this.#parked.delete(key);
  }

  async failed(failure: ProjectionFailure, delivered: Delivered): Promise<'again' | 'parked'> {
    const key = keyOf(delivered.ref);
    const version = `${key}@${failure.at.v ?? `seq${delivered.streamSeq}`}`;
    const count = (this.#failures.get(version) ?? 0) + 1;
    this.#failures.set(version, count);
    if (count < POISON_LIMIT) return 'again';
    await this.park(failure, delivered);
    return 'parked';
  }

  async park(failure: ProjectionFailure, delivered: Partial<Delivered>): Promise<void> {
    const { tenant, aggregate, id, v, type } = failure.at;
    const letter: DeadLetter = {
      state: 'parked',
      projection: this.#projection,
      ref: { tenant, aggregate, id },
      at: new Date().toISOString(),
      reason: failure.reason,
      ...(delivered.streamSeq === undefined ? {} : { streamSeq: delivered.streamSeq }),
      ...(v === undefined ? {} : { v }),
      ...(type === undefined ? {} : { type }),
      // Of an earlier version that failed while a gap was filled there is no event at hand.
      ...(delivered.event && delivered.event.v === v
        ? { event: maskEvent(this.#catalogue, delivered.event) }
        : {}),
    };
    await this.#publish(letter);
    this.note(letter);
  }

  #forgetFailures(key: string): void {
    for (const version of this.#failures.keys()) {
      if (version.startsWith(`${key}@`)) this.#failures.delete(version);
    }
  }
}

function keyOf(ref: AggregateRef): string {
  return eventFilter(ref);
}
