import type { HotLog } from './hot-log.js';

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
  readonly #known: ReadonlySet<string>;

  constructor(hot: HotLog, known: readonly string[]) {
    this.#hot = hot;
    this.#known = new Set(known);
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

  /** A rebuild or a check of a known projection runs under its name and a suffix. */
  #isKnown(name: string): boolean {
    return this.#known.has(name.split('__')[0] ?? name);
  }
}
