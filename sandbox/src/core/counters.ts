const names = ['requests', 'connectionsOpened', 'openSockets', 'cancels'] as const;
type CounterName = (typeof names)[number];
export type Counts = Record<CounterName, number>;

/** Per provider, since the start: a reader takes differences. */
export class Counters {
  readonly #byProvider = new Map<string, Counts>();

  add(provider: string, name: CounterName, by = 1): void {
    let counts = this.#byProvider.get(provider);
    if (!counts) {
      counts = { requests: 0, connectionsOpened: 0, openSockets: 0, cancels: 0 };
      this.#byProvider.set(provider, counts);
    }
    counts[name] += by;
  }

  all(): Record<string, Counts> {
    return Object.fromEntries(this.#byProvider);
  }
}
