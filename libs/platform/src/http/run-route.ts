import { carriesMarks, type Principal, type RouteDefinition } from '@trunkline/contracts';
import { AppError, withDeadline } from '@trunkline/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeptAnswer } from '../redis/idempotency-cache.js';
import type { RateLimit, RateLimiter } from '../redis/rate-limiter.js';
import { authorize } from './authorize.js';
import { answerOnce, idempotentRequest, type AnswerStore } from './idempotency.js';
import { parseInput, type RawInput } from './parse-input.js';
import {
  anonymous,
  AnswerAsEvents,
  AnswerWithHeaders,
  type Authenticator,
  type HttpContext,
} from './route-handlers.js';

export interface EdgeRateLimits {
  readonly limiter: Pick<RateLimiter, 'demand'>;
  /** Before anything else, the body included. */
  readonly ip?: RateLimit;
  readonly tenant?: (principal: Principal) => RateLimit;
  /** Per API key or signed-in person. */
  readonly key?: RateLimit;
}

export interface RouteParts {
  readonly authenticator: Authenticator;
  readonly rateLimits?: EdgeRateLimits | undefined;
  readonly answers?: AnswerStore | undefined;
  readonly handlerLimitMs: number;
  readonly repeatWaitMs: number;
}

export interface BoundRoute {
  readonly routeId: string;
  readonly route: RouteDefinition;
  readonly handler: (input: RawInput, context: HttpContext) => Promise<unknown>;
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface RouteResult {
  readonly answer: KeptAnswer;
  readonly replayed: boolean;
}

/** One request from the parsed body to its answer, within one deadline. */
export async function runRoute(
  bound: BoundRoute,
  parts: RouteParts,
  { request, reply }: Exchange,
): Promise<RouteResult> {
  const limits = {
    limitMs: parts.handlerLimitMs,
    code: 'service.timeout',
    signal: readerSignal(request, reply),
  };
  return withDeadline(limits, (signal) => checkAndAnswer(bound, parts, { request, signal }));
}

/** The order of the checks is the contract. */
async function checkAndAnswer(
  bound: BoundRoute,
  parts: RouteParts,
  { request, signal }: { request: FastifyRequest; signal: AbortSignal },
): Promise<RouteResult> {
  const { route, routeId } = bound;
  const principal = await identify(route, parts, request);
  authorize(principal, route.access);
  await demandRates(parts.rateLimits, principal);
  const input = parseInput(route, request);
  const idempotency = route.idempotent
    ? idempotentRequest(request.headers['idempotency-key'], { principal, routeId, input })
    : undefined;
  const context: HttpContext = {
    principal,
    requestId: request.id,
    correlationId: request.id,
    routeId,
    ip: request.ip,
    headers: request.headers,
    signal,
    idempotency,
  };
  const work = (): Promise<KeptAnswer> => handle(bound, input, context);
  const store = parts.answers;
  if (!idempotency || !store) return { answer: await work(), replayed: false };
  const keepsAnswer = principal !== anonymous && !carriesMarks(route.answer);
  const waitLimitMs = parts.repeatWaitMs;
  return answerOnce({ store, request: idempotency, keepsAnswer, waitLimitMs, signal }, work);
}

async function identify(
  route: RouteDefinition,
  parts: RouteParts,
  request: FastifyRequest,
): Promise<Principal> {
  if (route.access.kind === 'public') return anonymous;
  return parts.authenticator.authenticate(request.headers.authorization, route);
}

async function demandRates(rates: EdgeRateLimits | undefined, principal: Principal): Promise<void> {
  if (!rates || principal === anonymous) return;
  const { tenant, key, limiter } = rates;
  await limiter.demand(
    ...(tenant ? [{ limit: tenant(principal), subject: principal.tenant }] : []),
    ...(key ? [{ limit: key, subject: `${principal.kind}.${principal.id}` }] : []),
  );
}

async function handle(
  bound: BoundRoute,
  input: RawInput,
  context: HttpContext,
): Promise<KeptAnswer> {
  const answered = await bound.handler(input, context);
  if (answered instanceof AnswerAsEvents) {
    return { status: bound.route.status, body: answered.events, headers: {} };
  }
  const isWrapped = answered instanceof AnswerWithHeaders;
  const body: unknown = isWrapped ? answered.body : answered;
  const headers = isWrapped ? answered.headers : {};
  const { status, answer } = bound.route;
  if (status === 204) return { status, body: undefined, headers };
  const checked = answer.safeParse(body);
  if (!checked.success) throw new AppError('internal', { cause: brokenAnswer(checked.error) });
  return { status, body: checked.data, headers };
}

/** Only where and what: the values of an answer must not reach a log. */
function brokenAnswer(error: { issues: readonly { path: PropertyKey[]; code?: string }[] }): Error {
  const places = error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.code}`);
  return new TypeError(`The answer breaks its own schema at ${places.join(', ')}`);
}

/** A reader who left needs no answer; a change that has begun is finished all the same. */
function readerSignal(request: FastifyRequest, reply: FastifyReply): AbortSignal | undefined {
  if (request.method !== 'GET') return undefined;
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new AppError('request.timeout'));
  });
  return controller.signal;
}
