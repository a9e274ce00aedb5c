import type { AggregateRef, Envelope } from '@trunkline/contracts';
import { ColdHalf, type ColdFilter } from '@trunkline/platform';

/** A cold half that holds what a test puts into it, as it was stored. */
export class InMemoryColdHalf extends ColdHalf {
  #events: readonly Envelope[] = [];

  put(events: readonly Envelope[]): void {
    this.#events = [...this.#events, ...events];
  }

  async read(ref: AggregateRef): Promise<readonly Envelope[]> {
    const { tenant, aggregate, id } = ref;
    return this.#select({ tenant, aggregates: [aggregate], id });
  }

  async *all(filter: ColdFilter = {}): AsyncIterable<Envelope> {
    yield* this.#select(filter);
  }

  #select(filter: ColdFilter): readonly Envelope[] {
    return this.#events.filter(
      (event) =>
        (filter.tenant === undefined || event.tenant === filter.tenant) &&
        (filter.aggregates === undefined || filter.aggregates.includes(event.aggregate)) &&
        (filter.id === undefined || event.id === filter.id),
    );
  }
}
