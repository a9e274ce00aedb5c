import type { LiveEvent } from '@trunkline/contracts';

/** One event on its way to readers, written once for all of them. */
export interface LiveEntry {
  readonly id: string;
  readonly type: LiveEvent['type'];
  /** Null: for everybody, whichever call they look at. */
  readonly callId: string | null;
  readonly json: string;
}

export interface RecentLimits {
  readonly maxEntries: number;
  readonly maxChars: number;
}

/** The last events of one tenant. Their ids count up behind an epoch, which ends at every gap. */
export class RecentEntries {
  readonly #limits: RecentLimits;
  readonly #newEpoch: () => string;
  #entries: LiveEntry[] = [];
  #chars = 0;
  #epoch: string;
  #count = 0;

  constructor(limits: RecentLimits, newEpoch: () => string) {
    this.#limits = limits;
    this.#newEpoch = newEpoch;
    this.#epoch = newEpoch();
  }

  get lastId(): string {
    return `${this.#epoch}-${this.#count}`;
  }

  add(entry: Omit<LiveEntry, 'id'>): LiveEntry {
    this.#count += 1;
    const added = { ...entry, id: this.lastId };
    this.#entries.push(added);
    this.#chars += added.json.length;
    while (this.#isTooMuch()) this.#chars -= this.#entries.shift()?.json.length ?? 0;
    return added;
  }

  /** What came before can no longer be continued. */
  startOver(): void {
    this.#epoch = this.#newEpoch();
    this.#entries = [];
    this.#chars = 0;
    this.#count = 0;
  }

  /** What came after that id, or undefined if nobody knows any more. */
  after(id: string): readonly LiveEntry[] | undefined {
    const [epoch, text = ''] = id.split('-');
    const count = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    const first = this.#count - this.#entries.length;
    if (epoch !== this.#epoch || count < first || count > this.#count) return undefined;
    return this.#entries.slice(count - first);
  }

  #isTooMuch(): boolean {
    const { maxEntries, maxChars } = this.#limits;
    return this.#entries.length > maxEntries || this.#chars > maxChars;
  }
}
