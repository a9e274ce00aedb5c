import { projectionName, projections } from '@trunkline/contracts';
import { trusted, type Mongo } from '@trunkline/platform';
import { DialBook, type DialsBetween } from '../../app/ports.js';
import { pairOf, type DialDocument } from '../../views/dials.js';

const MAX_FOUND = 50;

export class MongoDialBook extends DialBook {
  readonly #mongo: Mongo;

  constructor(mongo: Mongo) {
    super();
    this.#mongo = mongo;
  }

  async mayBeBetween(of: DialsBetween): Promise<readonly string[]> {
    const { tenant, from, to, sinceMs, untilMs } = of;
    const dials = this.#mongo.tenantCollection<DialDocument>(projectionName(projections.dials));
    const requestedAt = trusted({
      $gte: new Date(sinceMs).toISOString(),
      $lte: new Date(untilMs).toISOString(),
    });
    const filter = { pair: pairOf(from, to), requestedAt };
    const options = { projection: { _id: 1 }, limit: MAX_FOUND } as const;
    const found = await dials.find(tenant, filter, options);
    return found.map(({ _id }) => _id);
  }
}
