import type { ColdIndex } from './cold-index.js';
import type { SegmentFiles } from './segment-files.js';
import {
  packSegment,
  type ColdEvent,
  type PackedSegment,
  type SegmentName,
} from './segment-format.js';

export type WriteStep = 'intended' | 'data' | 'manifest' | 'verified' | 'indexed' | 'settled';

/** Told after each step; it throws when the lease is gone, and in tests it is where we die. */
export type AfterStep = (step: WriteStep) => Promise<void> | void;

/**
 * Writes a segment so that a crash anywhere leaves either nothing that counts or all of it:
 * intent → data → manifest → read back → index → former generation deleted → intent gone.
 */
export class SegmentWriter {
  readonly #index: ColdIndex;
  readonly #files: SegmentFiles;

  constructor(index: ColdIndex, files: SegmentFiles) {
    this.#index = index;
    this.#files = files;
  }

  async write(
    name: SegmentName,
    events: readonly ColdEvent[],
    afterStep: AfterStep,
  ): Promise<void> {
    const packed = await packSegment(name, events);
    await this.#index.intend(name);
    try {
      await this.#carryOut({ name, packed, events }, afterStep);
    } catch (error) {
      await this.#dropIfAbandoned(name);
      throw error;
    }
  }

  /** What a killed predecessor left: what is indexed is finished, all else never happened. */
  async recover(): Promise<number> {
    const intents = await this.#index.intents();
    for (const intent of intents) {
      await this.#index.abandon(intent);
      const indexed = await this.#index.segment(intent.segment);
      if (indexed?.generation === intent.generation) {
        await this.#finish(intent);
        continue;
      }
      await this.#files.remove(intent);
      // A rewrite that is tried again must not take the same generation: the intent stays.
      const isOver = intent.generation === 1 || intent.generation < (indexed?.generation ?? 0);
      if (isOver) await this.#index.settle(intent);
    }
    return intents.length;
  }

  async #carryOut(
    work: {
      readonly name: SegmentName;
      readonly packed: PackedSegment;
      readonly events: readonly ColdEvent[];
    },
    afterStep: AfterStep,
  ): Promise<void> {
    const { name, packed, events } = work;
    await afterStep('intended');
    await this.#files.putData(packed);
    await afterStep('data');
    await this.#files.putManifest(packed.manifest);
    await afterStep('manifest');
    await this.#files.verify(packed.manifest, events);
    await afterStep('verified');
    await this.#index.put(packed.manifest);
    await afterStep('indexed');
    await this.#finish(name);
    await afterStep('settled');
  }

  /** A successor has written this off while we were frozen; what came late is ours to delete. */
  async #dropIfAbandoned(name: SegmentName): Promise<void> {
    if (await this.#index.isIntended(name)) return;
    const indexed = await this.#index.segment(name.segment);
    if (indexed?.generation !== name.generation) await this.#files.remove(name);
  }

  async #finish(name: SegmentName): Promise<void> {
    if (name.generation > 1) await this.#files.removeOlder(name);
    await this.#index.settle(name);
  }
}
