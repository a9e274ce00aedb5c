import { identityRoutes, liveRoutes, toOpenApi, type OpenApiDocument } from '@trunkline/contracts';
import {
  bindDocs,
  bindRoutes,
  IdempotencyCache,
  RateLimiter,
  type EdgeRateLimits,
  type RateLimit,
  type Requests,
} from '@trunkline/platform';
import type { FastifyInstance } from 'fastify';
import type { Authentication } from '../../app/authenticate.js';
import type { Gateway } from '../../app.module.js';
import type { GatewaySettings } from '../../config.js';
import { BearerAuthenticator } from './credentials.js';
import { keyHandlers } from './key-handlers.js';
import { liveHandlers, type LiveParts } from './live-handlers.js';
import { memberHandlers } from './member-handlers.js';
import { proxiedRoutes, proxyHandlers } from './proxy-handlers.js';
import { signInHandlers } from './sign-in-handlers.js';
import { tenantHandlers } from './tenant-handlers.js';

/** Every route of the edge, whoever answers it. The matrix test is made from this table. */
export const edgeRoutes = { ...identityRoutes, ...proxiedRoutes, ...liveRoutes } as const;

export interface EdgeParts {
  readonly settings: GatewaySettings;
  readonly gateway: Gateway;
  readonly requests: Requests;
  readonly live: LiveParts;
}

export async function bindEdge(fastify: FastifyInstance, parts: EdgeParts): Promise<void> {
  const { gateway, settings, requests, live } = parts;
  const { redis, logger } = gateway.connections;
  await bindRoutes(fastify, {
    routes: edgeRoutes,
    handlers: {
      ...signInHandlers(gateway),
      ...tenantHandlers(gateway),
      ...memberHandlers(gateway),
      ...keyHandlers(gateway),
      ...proxyHandlers(requests),
      ...liveHandlers(live),
    },
    authenticator: new BearerAuthenticator(gateway.authentication),
    logger,
    rateLimits: rateLimits(settings, gateway.authentication, new RateLimiter(redis)),
    idempotency: new IdempotencyCache(redis),
    corsOrigins: splitList(settings.CORS_ORIGINS),
    extend: (scope) => bindDocs(scope, apiDocument()),
  });
}

export function apiDocument(): OpenApiDocument {
  return toOpenApi(edgeRoutes, {
    title: 'Trunkline',
    version: '1',
    description: 'Everything the platform does for people and programs.',
  });
}

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Open without Redis: only logins are worth refusing everybody for. */
function rateLimits(
  settings: GatewaySettings,
  authentication: Authentication,
  limiter: RateLimiter,
): EdgeRateLimits {
  const perMinute = (name: string, count: number): RateLimit => ({
    name,
    count,
    periodMs: 60_000,
    burst: Math.max(1, Math.ceil(count / 6)),
    whenAway: 'open',
  });
  return {
    limiter,
    ip: perMinute('ip', settings.REQUESTS_PER_MINUTE_PER_IP),
    tenant: (principal) => {
      const allowed = authentication.requestsPerMinuteOf(principal) ?? Infinity;
      return perMinute('tenant', Math.min(allowed, settings.REQUESTS_PER_MINUTE_PER_TENANT));
    },
    key: perMinute('key', settings.REQUESTS_PER_MINUTE_PER_KEY),
  };
}
