import { z } from 'zod';

/** Ids, tenants and aggregate names become NATS subject tokens: nothing else may pass. */
export const tokenPattern = /^[A-Za-z0-9_-]{1,64}$/;
export const token = z.string().regex(tokenPattern, 'only letters, digits, _ and -, at most 64');

export const actorKinds = ['user', 'apikey', 'service', 'operator', 'carrier'] as const;
export const actor = z.strictObject({ kind: z.enum(actorKinds), id: z.string().min(1).max(128) });
export type Actor = z.output<typeof actor>;

/** Identifies one aggregate instance: its subject on the log. */
export interface AggregateRef {
  readonly tenant: string;
  readonly aggregate: string;
  readonly id: string;
}

/** The tenant token of aggregates that belong to no single tenant (a user, an e-mail claim). */
export const PLATFORM_TENANT = 'platform';

export const envelope = z.strictObject({
  eventId: z.uuid(),
  tenant: token,
  aggregate: token,
  id: token,
  /** 1, 2, 3, … within the aggregate. */
  v: z.int().min(1),
  type: z.string().min(3).max(96),
  schema: z.int().min(1),
  occurredAt: z.iso.datetime(),
  actor,
  /** What caused it: a command or another event; of a create it is the request's fingerprint. */
  causationId: z.string().min(1).max(128),
  /** The request or call it belongs to, the same across services. */
  correlationId: z.string().min(1).max(128),
  data: z.record(z.string(), z.unknown()),
});
export type Envelope = z.output<typeof envelope>;
