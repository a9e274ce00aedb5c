import { tokenPattern, type Actor, type AggregateRef } from '@trunkline/contracts';
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

export type OwnAggregate =
  | 'agent'
  | 'tool'
  | 'knowledge'
  | 'credential'
  | 'carrier-account'
  | 'route'
  | 'datakey';

export function refOf(by: Pick<By, 'tenant'>, aggregate: OwnAggregate, id: string): AggregateRef {
  return { tenant: by.tenant, aggregate, id };
}
