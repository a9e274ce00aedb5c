import type { Principal, ServiceName } from '@trunkline/contracts';

/** Who asks and on whose behalf; travels with every request between services. */
export interface RequestContext {
  readonly principal: Principal;
  /** The request id at the edge; the same in HTTP, NATS, logs, traces and events. */
  readonly correlationId: string;
  /** Of creating requests: the derived id of what is created, and what was asked for. */
  readonly idempotency?: { readonly id: string; readonly fingerprint: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A service that asks in its own name, for one tenant's sake. */
export function actingFor(
  service: ServiceName,
  of: { readonly tenant: string; readonly correlationId: string },
): RequestContext {
  const { tenant, correlationId } = of;
  const principal: Principal = { kind: 'service', id: service, tenant, role: 'member', scopes: [] };
  return { principal, correlationId };
}
