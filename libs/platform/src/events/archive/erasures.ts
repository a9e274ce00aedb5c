import type { AggregateRef, EventCatalogue } from '@trunkline/contracts';
import type { Collection } from 'mongodb';
import type { Mongo } from '../../mongo/index.js';
import type { WalkedEvent } from './log-walk.js';
import { carriesSecretAgain } from './redaction.js';
import { refKey } from './segment-format.js';

/**
 * `pending`: to be rewritten and deleted. `rolling`: no copy of ours is left, those that
 * roll by themselves are waited for. `complete`: the reported end.
 */
export type ErasureState = 'pending' | 'rolling' | 'complete';

export interface Erasure extends AggregateRef {
  readonly _id: string;
  readonly state: ErasureState;
  /** Raised by every event that asks again; progress counts only for the same number. */
  readonly askedSeq: number;
  /** Forgetters that have finished. */
  readonly forgotten: readonly string[];
  readonly waitingFor?: string | undefined;
  readonly deletedAtMs?: number | undefined;
}

const ERASURES = 'log_erasures';

/** Who is to be forgotten, and how far that has come: a killed eraser goes on from here. */
export class Erasures {
  readonly #catalogue: EventCatalogue;
  readonly #mongo: Mongo;
  readonly #erasures: Collection<Erasure>;

  constructor(catalogue: EventCatalogue, mongo: Mongo) {
    this.#catalogue = catalogue;
    this.#mongo = mongo;
    this.#erasures = mongo.platformCollection<Erasure>(ERASURES);
  }

  async ensure(): Promise<void> {
    const indexes = [{ keys: { state: 1 } as const }];
    await this.#mongo.ensureCollection(ERASURES, {
      indexes,
      platform: true,
      enums: { state: ['pending', 'rolling', 'complete'] },
    });
  }

  async observe(batch: readonly WalkedEvent[]): Promise<void> {
    for (const { ref, seq, event } of batch) {
      if (!event) continue;
      const erases = this.#catalogue.definitionOf(event.aggregate, event.type)?.erases;
      if (erases || carriesSecretAgain(this.#catalogue, event)) await this.ask(ref, seq);
    }
  }

  /** Repeating it with the same sequence changes nothing. */
  async ask(ref: AggregateRef, seq: number): Promise<void> {
    const _id = refKey(ref);
    const fresh = { ...ref, state: 'pending' as const, askedSeq: seq, forgotten: [] };
    await this.#erasures.updateOne({ _id }, { $setOnInsert: fresh }, { upsert: true });
    const again = { state: 'pending' as const, askedSeq: seq, forgotten: [] };
    await this.#erasures.updateOne({ _id, askedSeq: { $lt: seq } }, { $set: again });
  }

  async of(ref: AggregateRef): Promise<Erasure | undefined> {
    return (await this.#erasures.findOne({ _id: refKey(ref) })) ?? undefined;
  }

  async inState(state: ErasureState): Promise<Erasure[]> {
    return this.#erasures.find({ state }).sort({ askedSeq: 1 }).toArray();
  }

  async noteForgotten(erasure: Erasure, forgetter: string): Promise<void> {
    await this.#erasures.updateOne(same(erasure), { $addToSet: { forgotten: forgetter } });
  }

  async noteWaiting(erasure: Erasure, waitingFor: string): Promise<void> {
    await this.#erasures.updateOne(same(erasure), { $set: { waitingFor } });
  }

  async noteDeleted(erasure: Erasure, deletedAtMs: number): Promise<void> {
    const $set = { state: 'rolling' as const, deletedAtMs };
    await this.#erasures.updateOne(same(erasure), { $set, $unset: { waitingFor: true } });
  }

  async noteComplete(erasure: Erasure): Promise<void> {
    const $set = { state: 'complete' as const };
    await this.#erasures.updateOne(same(erasure), { $set, $unset: { waitingFor: true } });
  }
}

function same({ _id, askedSeq }: Erasure): { _id: string; askedSeq: number } {
  return { _id, askedSeq };
}
