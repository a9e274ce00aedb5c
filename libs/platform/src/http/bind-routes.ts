import { Readable } from 'node:stream';
import helmet from '@fastify/helmet';
import { AppError } from '@trunkline/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../telemetry/logger.js';
import { callerNetwork } from './caller-network.js';
import { applyCors } from './cors.js';
import { parseJsonBody } from './json-body.js';
import { problemHeaders, toProblem } from './problem.js';
import { hasHead, knowEveryMethod, pathsOf, refuse, refuseOtherMethods } from './refusals.js';
import type { Authenticator, RouteHandlers, RouteTable } from './route-handlers.js';
import {
  runRoute,
  type BoundRoute,
  type EdgeRateLimits,
  type RouteParts,
  type RouteResult,
} from './run-route.js';
import type { AnswerStore } from './idempotency.js';
import { BODY_LIMIT_BYTES } from './server-options.js';

export interface EdgeOptions<Routes extends RouteTable> {
  readonly routes: Routes;
  readonly handlers: RouteHandlers<Routes>;
  readonly authenticator: Authenticator;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly rateLimits?: EdgeRateLimits;
  /** Where answers of repeated requests are kept: an IdempotencyCache. */
  readonly idempotency?: AnswerStore;
  readonly corsOrigins?: readonly string[];
  readonly maxConnections?: number;
  readonly handlerLimitMs?: number;
  /** How long a repeated request waits for the first one before it gets a 409. */
  readonly repeatWaitMs?: number;
  /** More routes inside the same walls, e.g. the docs page. */
  readonly extend?: (scope: FastifyInstance) => void;
}

const HANDLER_LIMIT_MS = 15_000;
const REPEAT_WAIT_MS = 2000;
const MAX_CONNECTIONS = 10_000;

/**
 * Binds a route table and its handlers, aliases included, in a scope of its own: whatever
 * the rest of the process serves keeps its own rules. Everything else is a problem+json 404.
 */
export async function bindRoutes<Routes extends RouteTable>(
  fastify: FastifyInstance,
  options: EdgeOptions<Routes>,
): Promise<void> {
  fastify.server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  knowEveryMethod(fastify);
  await fastify.register(async (scope) => {
    await raiseWalls(scope, options);
    const parts: RouteParts = {
      authenticator: options.authenticator,
      rateLimits: options.rateLimits,
      answers: options.idempotency,
      handlerLimitMs: options.handlerLimitMs ?? HANDLER_LIMIT_MS,
      repeatWaitMs: options.repeatWaitMs ?? REPEAT_WAIT_MS,
    };
    for (const [routeId, route] of Object.entries(options.routes)) {
      const handler = options.handlers[routeId] as BoundRoute['handler'];
      for (const url of pathsOf(route)) {
        bindOne(scope, url, { bound: { routeId, route, handler }, parts });
      }
    }
    refuseOtherMethods(scope, Object.values(options.routes));
    options.extend?.(scope);
    refuse(scope, { url: '/*', methods: scope.supportedMethods });
  });
}

async function raiseWalls<Routes extends RouteTable>(
  scope: FastifyInstance,
  options: EdgeOptions<Routes>,
): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
    async (request: FastifyRequest, bytes: Buffer) => {
      if (request.headers['content-encoding'] !== undefined) {
        throw new AppError('request.unsupported-type');
      }
      return bytes.byteLength === 0 ? undefined : parseJsonBody(bytes);
    },
  );
  scope.setErrorHandler((error, request, reply) => sendProblem({ error, request, reply, options }));
  const origins = new Set(options.corsOrigins);
  const { rateLimits } = options;
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (applyCors(origins, request, reply)) return reply;
    if (rateLimits?.ip) {
      await rateLimits.limiter.demand({ limit: rateLimits.ip, subject: callerNetwork(request.ip) });
    }
    return undefined;
  });
  await scope.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives } });
}

/** An API needs nothing; the docs page its own script, style and fetches, nothing inline. */
const directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

function bindOne(
  scope: FastifyInstance,
  url: string,
  { bound, parts }: { bound: BoundRoute; parts: RouteParts },
): void {
  scope.route({
    method: bound.route.method,
    url,
    exposeHeadRoute: hasHead(bound.route),
    handler: async (request, reply) =>
      sendAnswer(await runRoute(bound, parts, { request, reply }), reply),
  });
}

function sendAnswer({ answer, replayed }: RouteResult, reply: FastifyReply): FastifyReply {
  reply.code(answer.status).header('cache-control', 'no-store').headers(answer.headers);
  if (replayed) reply.header('idempotency-replayed', 'true');
  if (answer.status === 204) return reply.send();
  if (answer.body instanceof Readable) {
    return reply.header('content-type', 'text/event-stream; charset=utf-8').send(answer.body);
  }
  reply.header('content-type', 'application/json; charset=utf-8');
  return reply.send(JSON.stringify(answer.body));
}

function sendProblem<Routes extends RouteTable>({
  error,
  request,
  reply,
  options,
}: {
  error: unknown;
  request: FastifyRequest;
  reply: FastifyReply;
  options: EdgeOptions<Routes>;
}): void {
  const problem = toProblem(error, request.id);
  const fields = { code: problem.code, status: problem.status, requestId: request.id };
  if (problem.status >= 500) options.logger.error('http.failed', { ...fields, error });
  else options.logger.info('http.refused', fields);
  void reply
    .code(problem.status)
    .headers({ ...problemHeaders(problem), 'x-request-id': request.id })
    .send(JSON.stringify(problem));
}
