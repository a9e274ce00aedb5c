import { randomUUID } from 'node:crypto';
import { SpanKind, SpanStatusCode, context, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { withRequestScope } from './request-scope.js';
import { parseTraceparent } from './tracing.js';

/** Ours, or the caller's if it is harmless. */
export function requestIdFor(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : randomUUID();
}

/** A request id in every answer and log line, a span and a measurement for every request. */
export function bindHttpTelemetry(
  fastify: FastifyInstance,
  parts: { readonly logger: Logger; readonly metrics: Metrics; readonly quiet: readonly string[] },
): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const given = request.headers['traceparent'];
    const parent = parseTraceparent(typeof given === 'string' ? given : '');
    const name = `${request.method} ${routeOf(request)}`;
    const span = trace.getTracer('trunkline').startSpan(name, { kind: SpanKind.SERVER }, parent);
    spans.set(request, span);
    const goOn = (): void => context.with(trace.setSpan(parent, span), done);
    withRequestScope({ requestId: request.id }, goOn);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    const { method } = request;
    const status = reply.statusCode;
    const seconds = reply.elapsedTime / 1000;
    parts.metrics.httpSeconds.observe({ method, route, status: String(status) }, seconds);
    endSpan(spans.get(request), status);
    if (!parts.quiet.includes(route)) logAnswer(parts.logger, request, reply);
    done();
  });
}

function logAnswer(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  logger.info('http.answered', {
    method: request.method,
    route: routeOf(request),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
  });
}

function endSpan(span: Span | undefined, status: number): void {
  if (!span) return;
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The template, never the path: paths carry ids and tokens. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
}
