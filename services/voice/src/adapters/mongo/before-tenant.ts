import { projectionName, projections } from '@trunkline/contracts';
import type { Mongo } from '@trunkline/platform';
import { OpenCalls, type OpenCall } from '../../app/sweeping/ports.js';
import type { OpenCallDocument } from '../../views/open-calls.js';

const QUERY_LIMIT_MS = 5000;
/** Of one round; the next takes the rest. */
const MOST_CALLS = 5000;

/** The only read of this service that names no tenant: a pod dies with everybody's calls. */
export class MongoOpenCalls extends OpenCalls {
  constructor(private readonly mongo: Mongo) {
    super();
  }

  override async read(): Promise<readonly OpenCall[]> {
    const found = await this.mongo
      .platformCollection<OpenCallDocument>(projectionName(projections.openCalls))
      .find(
        // Every tenant: only so the index of the open ones is walked.
        { tenant: { $gte: '' }, isOpen: true },
        { maxTimeMS: QUERY_LIMIT_MS, limit: MOST_CALLS },
      )
      .toArray();
    return found.map(({ _id: callId, tenant, pod, startedAt }) => ({
      ...{ callId, tenant, pod, startedAtMs: Date.parse(startedAt) },
    }));
  }
}
