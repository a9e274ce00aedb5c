import { isSideDurable, knownDurables } from '@trunkline/contracts';
import type { HotLog } from './hot-log.js';

export type IsKnownDurable = (name: string) => boolean;

const known = new Set(knownDurables());
/** The durables of every projection, and those of a rebuild or a check that is under way. */
export const isKnownDurable: IsKnownDurable = (name) => known.has(name) || isSideDurable(name);

export interface FloorReport {
  /** Everything up to here is processed by every known durable. */
  readonly lowestSeq: number;
  /** Durables no code knows: reported, and nobody waits for them. */
  readonly unknown: readonly string[];
  /** The known ones that have not reached the end of the stream. */
  readonly behind: readonly string[];
}

/** How far the known durables have come, read from the server each time. */
export class DurableFloor {
  readonly #hot: HotLog;
  readonly #isKnown: IsKnownDurable;

  constructor(hot: HotLog, isKnown: IsKnownDurable) {
    this.#hot = hot;
    this.#isKnown = isKnown;
  }

  async lowest(): Promise<number> {
    return (await this.report()).lowestSeq;
  }

  async report(): Promise<FloorReport> {
    const endSeq = await this.#hot.lastSeq();
    const positions = await this.#hot.durablePositions();
    const known = positions.filter(({ name }) => this.#isKnown(name));
    return {
      lowestSeq: known.reduce((least, { seq }) => Math.min(least, seq), endSeq),
      unknown: positions.filter(({ name }) => !this.#isKnown(name)).map(({ name }) => name),
      behind: known.filter(({ seq }) => seq < endSeq).map(({ name }) => name),
    };
  }
}
