import { PLATFORM_TENANT, type Actor, type AggregateRef } from '@trunkline/contracts';

/** On whose behalf and because of what a fact is written. */
export interface By {
  readonly actor: Actor;
  readonly correlationId: string;
  /** Of a creating request: the id of what it creates and what exactly was asked for. */
  readonly idempotency?: { readonly id: string; readonly fingerprint: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function userRef(id: string): AggregateRef {
  return { tenant: PLATFORM_TENANT, aggregate: 'user', id };
}

export function tenantRef(tenant: string): AggregateRef {
  return { tenant, aggregate: 'tenant', id: tenant };
}

export function ownershipRef(tenant: string): AggregateRef {
  return { tenant, aggregate: 'ownership', id: tenant };
}

export function membershipRef(tenant: string, id: string): AggregateRef {
  return { tenant, aggregate: 'membership', id };
}

export function invitationRef(tenant: string, id: string): AggregateRef {
  return { tenant, aggregate: 'invitation', id };
}

export function apiKeyRef(tenant: string, id: string): AggregateRef {
  return { tenant, aggregate: 'apikey', id };
}

export function emailClaimRef(id: string): AggregateRef {
  return { tenant: PLATFORM_TENANT, aggregate: 'email-claim', id };
}

export function slugClaimRef(id: string): AggregateRef {
  return { tenant: PLATFORM_TENANT, aggregate: 'slug-claim', id };
}
