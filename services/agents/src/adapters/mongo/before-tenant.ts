import { projectionName, projections } from '@trunkline/contracts';
import type { Mongo } from '@trunkline/platform';
import { BeforeTenant } from '../../app/ports.js';
import type { CarrierAccountDocument } from '../../views/carrier-accounts.js';

const QUERY_LIMIT_MS = 2000;

/** The only read of this service that names no tenant: it is how a webhook's becomes known. */
export class MongoBeforeTenant extends BeforeTenant {
  readonly #mongo: Mongo;

  constructor(mongo: Mongo) {
    super();
    this.#mongo = mongo;
  }

  async tenantOfCarrierAccount(id: string): Promise<string | undefined> {
    const found = await this.#mongo
      .platformCollection<CarrierAccountDocument>(projectionName(projections.carrierAccounts))
      .findOne(
        { _id: id, label: { $exists: true } },
        { maxTimeMS: QUERY_LIMIT_MS, projection: { tenant: 1 } },
      );
    return found?.tenant;
  }
}
