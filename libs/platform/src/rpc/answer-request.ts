import { SpanKind } from '@opentelemetry/api';
import type { NatsContext } from '@nestjs/microservices';
import { hasRole, type Principal, type RequestDefinition } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import type { z } from 'zod';
import type { PrincipalVerifier } from '../auth/principal-verifier.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import { withRequestScope } from '../telemetry/request-scope.js';
import { inSpan } from '../telemetry/tracing.js';
import type { RequestHandler } from './answer.js';
import type { RequestContext } from './request-context.js';
import { readHeaders, type RpcHeaders } from './rpc-headers.js';
import { timed } from './timed.js';

export interface AnswerOptions {
  readonly verifier: PrincipalVerifier;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** One request from headers to output: who asks, may they, what do they ask, do it. */
export async function answerRequest(
  options: AnswerOptions,
  handler: RequestHandler,
  message: { readonly data: unknown; readonly context: NatsContext },
): Promise<unknown> {
  const headers = readHeaders(message.context.getHeaders());
  const { service, verb } = handler.definition;
  const span = {
    name: `answer ${service}.${verb}`,
    kind: SpanKind.SERVER,
    traceparent: headers.traceparent,
  };
  const work = (): Promise<unknown> => run(options, handler, { headers, data: message.data });
  return withRequestScope({ requestId: headers.correlationId }, () =>
    timed({ metrics: options.metrics, side: 'server', service, verb }, () =>
      inSpan(span, () => reported(options.logger, verb, work)),
    ),
  );
}

async function run(
  options: AnswerOptions,
  handler: RequestHandler,
  received: { readonly headers: RpcHeaders; readonly data: unknown },
): Promise<unknown> {
  const { definition } = handler;
  const { headers } = received;
  const principal = await options.verifier.verify(headers.principal);
  if (!hasRole(principal.role, definition.role)) throw new AppError('auth.forbidden');
  refuseStrangers(principal, definition);
  const input = parseInput(definition.input, received.data);
  refuseForeignTenant(input, principal.tenant);
  // The asker stops waiting then, so nobody needs the answer any more.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new AppError('service.timeout')), headers.timeoutMs);
  try {
    const context = { principal, ...contextOf(headers), signal: limit.signal };
    return parseOutput(definition.output, await handler.handle(input, context));
  } finally {
    clearTimeout(timer);
  }
}

/** What services ask of each other is no road for people, whatever their role. */
function refuseStrangers(principal: Principal, { askers }: RequestDefinition): void {
  if (!askers) return;
  const isAsker = principal.kind === 'service' && askers.some((name) => name === principal.id);
  if (!isAsker) throw new AppError('auth.forbidden');
}

function contextOf(headers: RpcHeaders): Pick<RequestContext, 'correlationId' | 'idempotency'> {
  const { correlationId, idempotencyId, fingerprint } = headers;
  if (idempotencyId === undefined || fingerprint === undefined) return { correlationId };
  return { correlationId, idempotency: { id: idempotencyId, fingerprint } };
}

function parseInput(schema: z.ZodType, data: unknown): unknown {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    reason: issue.code,
  }));
  throw new AppError('request.invalid', { details: { errors } });
}

/** The tenant is the principal's. Where an input names one all the same, it must be that one. */
function refuseForeignTenant(input: unknown, tenant: string): void {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, 'tenant')) return;
  if ((input as { tenant: unknown }).tenant !== tenant) throw new AppError('request.not-found');
}

function parseOutput(schema: z.ZodType, output: unknown): unknown {
  const parsed = schema.safeParse(output);
  if (parsed.success) return parsed.data;
  throw new AppError('internal', { cause: parsed.error });
}

/** Refusals are the asker's business; faults of ours are logged where they happened. */
async function reported<T>(logger: Logger, verb: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOurFault = !isAppError(error) || error.code === 'internal';
    if (isOurFault) logger.error('rpc.failed', { verb, error });
    else logger.debug('rpc.refused', { verb, code: error.code });
    throw error;
  }
}
