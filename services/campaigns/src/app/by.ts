import { tokenPattern, type AggregateRef, type Actor } from '@trunkline/contracts';
import type { CommandOrigin, RequestContext } from '@trunkline/platform';

/** On whose behalf, for which tenant and because of which request something is done. */
export interface By {
  readonly tenant: string;
  readonly origin: CommandOrigin;
  /** Of a creating request: the id of what it creates. */
  readonly createdId: string | undefined;
}

/** The tenant comes from the signed principal and from nowhere else. */
export function byOf(context: RequestContext): By {
  const { principal, correlationId, idempotency, signal } = context;
  const actor: Actor = { kind: principal.kind, id: principal.id };
  const causationId = idempotency?.fingerprint ?? correlationId;
  const id = idempotency?.id;
  return {
    tenant: principal.tenant,
    origin: { actor, causationId, correlationId, signal },
    createdId: id !== undefined && tokenPattern.test(id) ? id : undefined,
  };
}

/** What the service does by itself, long after the request that asked for it. */
export function byItself(correlationId: string, causationId = correlationId): CommandOrigin {
  return { actor: { kind: 'service', id: 'campaigns' }, causationId, correlationId };
}

export function dialRef(tenant: string, callId: string): AggregateRef {
  return { tenant, aggregate: 'dial', id: callId };
}
