import type { EventStore } from '@trunkline/platform';
import { CallWhereabouts } from './ports.js';

/** A call names its pod in its first event. */
export class LogWhereabouts extends CallWhereabouts {
  readonly #store: EventStore;

  constructor(store: EventStore) {
    super();
    this.#store = store;
  }

  async podOf(call: { readonly tenant: string; readonly callId: string }): Promise<string | null> {
    const ref = { tenant: call.tenant, aggregate: 'call', id: call.callId };
    const { events } = await this.#store.load(ref);
    const started = events.find((event) => event.type === 'call.started');
    const pod = started?.data['pod'];
    const hasEnded = events.some((event) => event.type === 'call.ended');
    return typeof pod === 'string' && !hasEnded ? pod : null;
  }
}
