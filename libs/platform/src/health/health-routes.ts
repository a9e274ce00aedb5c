import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/metrics.js';
import type { HealthRegistry, HealthReport } from './health-registry.js';

export const healthPaths: readonly string[] = ['/livez', '/readyz', '/metrics'];

/**
 * `/livez` says only that the event loop turns: a dependency that is away is no reason to
 * kill calls. `/readyz` says whether work should come here, and why not.
 */
export function bindHealthRoutes(
  fastify: FastifyInstance,
  parts: { readonly health: HealthRegistry; readonly metrics: Metrics },
): void {
  fastify.get('/livez', () => ({ status: 'ok' }));
  fastify.get('/readyz', (_request, reply) => {
    const report = parts.health.report();
    return reply
      .code(report.isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: statusOf(report), ...report });
  });
  fastify.get('/metrics', async (_request, reply) =>
    reply.type(parts.metrics.contentType).send(await parts.metrics.print()),
  );
}

function statusOf({ isReady, isDegraded }: HealthReport): string {
  if (!isReady) return 'not-ready';
  return isDegraded ? 'degraded' : 'ready';
}
