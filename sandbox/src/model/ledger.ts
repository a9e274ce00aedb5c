const CAPACITY = 2000;
const MAX_SHOWN = 500;

interface Entry<T> {
  readonly seq: number;
  readonly key: string;
  /** Changed while what it tells of goes on. */
  readonly told: T;
}

/** What a stand-in was asked lately, for tests that want to know; the oldest makes room. */
export class Ledger<T extends object> {
  readonly #entries: Entry<T>[] = [];
  #nextSeq = 1;

  add(key: string, told: T): T {
    this.#entries.push({ seq: this.#nextSeq, key, told });
    this.#nextSeq += 1;
    if (this.#entries.length > CAPACITY) this.#entries.shift();
    return told;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** Those of `?key=`, with `?match=` anywhere in them, after `?since=`; the newest 500. */
  find(query: URLSearchParams): { readonly entries: readonly object[] } {
    const key = query.get('key');
    const match = query.get('match');
    const since = Number(query.get('since') ?? 0) || 0;
    const found = this.#entries
      .filter((entry) => entry.seq > since && (key === null || entry.key === key))
      .map(({ seq, told }) => ({ seq, ...told }))
      .filter((told) => match === null || JSON.stringify(told).includes(match));
    return { entries: found.slice(-MAX_SHOWN) };
  }
}
