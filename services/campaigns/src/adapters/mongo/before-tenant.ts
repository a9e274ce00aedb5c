import { projectionName, projections } from '@trunkline/contracts';
import type { Mongo } from '@trunkline/platform';
import { OpenDials, type DialKey } from '../../app/ports.js';
import type { DialDocument } from '../../views/dials.js';

const QUERY_LIMIT_MS = 5000;

/** The only read of this service that names no tenant: what stands still, whoever's it is. */
export class MongoOpenDials extends OpenDials {
  readonly #mongo: Mongo;

  constructor(mongo: Mongo) {
    super();
    this.#mongo = mongo;
  }

  async *openSince(beforeMs: number): AsyncIterable<DialKey> {
    const cursor = this.#mongo
      .platformCollection<DialDocument>(projectionName(projections.dials))
      .find(
        // Every tenant: only so the index of the open ones is walked.
        {
          tenant: { $gte: '' },
          isOpen: true,
          changedAt: { $lt: new Date(beforeMs).toISOString() },
        },
        { maxTimeMS: QUERY_LIMIT_MS, projection: { tenant: 1 } },
      )
      .sort({ changedAt: 1 });
    for await (const { _id: callId, tenant } of cursor) yield { tenant, callId };
  }
}
