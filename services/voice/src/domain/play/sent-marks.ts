export interface SentMark {
  readonly utterance: number;
  /** Of the utterance, that were sent before it. */
  readonly frames: number;
  readonly isEnd: boolean;
  /** When the carrier should have played up to it. */
  readonly dueAtMs: number;
}

/** A mark every 200 ms and a lead of 300 ms leave two or three open; the rest is a dead carrier. */
const capacity = 256;

/**
 * Marks on their way. Names carry a number that a clear raises, so that an echo of what was thrown
 * away is never taken for the same moment played again.
 */
export class SentMarks {
  readonly #patienceMs: number;
  #open: { readonly name: string; readonly mark: SentMark }[] = [];
  #round = 0;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  sent(mark: SentMark): string {
    const name = `${this.#round}.${mark.utterance}.${mark.frames}${mark.isEnd ? 'e' : ''}`;
    this.#open.push({ name, mark });
    if (this.#open.length > capacity) this.#open.shift();
    return name;
  }

  /** The mark and those before it: carriers play in order, and may swallow an echo. */
  echoed(name: string): readonly SentMark[] {
    const at = this.#open.findIndex((one) => one.name === name);
    return this.#open.splice(0, at + 1).map((one) => one.mark);
  }

  overdue(nowMs: number): readonly SentMark[] {
    const first = this.#open[0];
    if (first === undefined || first.mark.dueAtMs + this.#patienceMs > nowMs) return [];
    const at = this.#open.findIndex((one) => one.mark.dueAtMs + this.#patienceMs > nowMs);
    return this.#open.splice(0, at === -1 ? this.#open.length : at).map((one) => one.mark);
  }

  forget(): void {
    this.#open = [];
    this.#round += 1;
  }
}
