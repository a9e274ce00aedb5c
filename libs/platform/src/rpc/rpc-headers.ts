import type { MsgHdrs } from '@nats-io/transport-node';
import { headers } from '@nats-io/transport-node';
import { token } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { z } from 'zod';
import { currentTraceparent } from '../telemetry/tracing.js';
import type { RequestContext } from './request-context.js';

const names = {
  principal: 'tl-principal',
  correlationId: 'tl-request-id',
  idempotencyId: 'tl-idempotency-id',
  fingerprint: 'tl-idempotency-fingerprint',
  timeoutMs: 'tl-timeout-ms',
  traceparent: 'traceparent',
} as const;

const shape = z.object({
  principal: z.string().min(1).max(8192),
  correlationId: z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/),
  idempotencyId: token.optional(),
  fingerprint: z.string().min(1).max(128).optional(),
  timeoutMs: z.coerce.number().int().min(1).max(600_000),
  traceparent: z.string().max(128).optional(),
});

export type RpcHeaders = z.output<typeof shape>;

export function writeHeaders(
  context: RequestContext,
  more: { readonly token: string; readonly timeoutMs: number },
): MsgHdrs {
  const written = headers();
  written.set(names.principal, more.token);
  written.set(names.correlationId, context.correlationId);
  written.set(names.timeoutMs, String(more.timeoutMs));
  if (context.idempotency) {
    written.set(names.idempotencyId, context.idempotency.id);
    written.set(names.fingerprint, context.idempotency.fingerprint);
  }
  const traceparent = currentTraceparent();
  if (traceparent !== undefined) written.set(names.traceparent, traceparent);
  return written;
}

export function readHeaders(received: MsgHdrs | undefined): RpcHeaders {
  const given = Object.entries(names).flatMap(([field, name]) => {
    const value = received?.get(name) ?? '';
    return value === '' ? [] : [[field, value] as const];
  });
  const parsed = shape.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const isUnsigned = parsed.error.issues.some((issue) => issue.path[0] === 'principal');
  throw new AppError(isUnsigned ? 'auth.required' : 'request.invalid');
}
