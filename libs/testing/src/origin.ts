import { randomUUID } from 'node:crypto';
import type { AggregateRef } from '@trunkline/contracts';
import type { CommandOrigin } from '@trunkline/platform';

/** Who and why, for tests that do not care. */
export const someone: CommandOrigin = {
  actor: { kind: 'service', id: 'test' },
  causationId: 'test-cause',
  correlationId: 'test-correlation',
};

/** A parcel nobody has used yet. */
export function parcelRef(tenant = 'acme'): AggregateRef {
  return { tenant, aggregate: 'parcel', id: randomUUID() };
}
