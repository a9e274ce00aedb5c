import type { FastifyReply, FastifyRequest } from 'fastify';

const ALLOWED_METHODS = 'GET, POST, PUT, PATCH, DELETE';
const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key, last-event-id, x-request-id';
const EXPOSED_HEADERS = 'x-request-id, retry-after, idempotency-replayed, location';
const PREFLIGHT_MAX_AGE_SECONDS = '600';

/**
 * Exact origins only: no wildcard, no suffix, no echo of a stranger. Answers true when the
 * request was a preflight and is answered.
 */
export function applyCors(
  origins: ReadonlySet<string>,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const { origin } = request.headers;
  reply.header('vary', 'Origin');
  if (origin === undefined || !origins.has(origin)) return false;
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-allow-credentials', 'true');
  reply.header('access-control-expose-headers', EXPOSED_HEADERS);
  const isPreflight =
    request.method === 'OPTIONS' && 'access-control-request-method' in request.headers;
  if (!isPreflight) return false;
  reply.header('access-control-allow-methods', ALLOWED_METHODS);
  reply.header('access-control-allow-headers', ALLOWED_HEADERS);
  reply.header('access-control-max-age', PREFLIGHT_MAX_AGE_SECONDS);
  void reply.code(204).send();
  return true;
}
