import type { HttpContext } from '@trunkline/platform';
import type { By } from '../../app/by.js';

/** On whose behalf a request changes something. */
export function byOf(context: HttpContext): By {
  const { principal, correlationId, idempotency } = context;
  // The signal stays out: a change that has begun is finished even if nobody waits for it.
  return { actor: { kind: principal.kind, id: principal.id }, correlationId, idempotency };
}
