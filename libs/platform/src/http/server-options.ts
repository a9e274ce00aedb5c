import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../ids.js';
import { problemHeaders, toProblem } from './problem.js';

export const BODY_LIMIT_BYTES = 1024 * 1024;
const HEADERS_LIMIT_MS = 10_000;
const REQUEST_LIMIT_MS = 15_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_PARAM_LENGTH = 256;
/** How exactly the two limits above are kept: Node looks only this often, 30 s by default. */
const CHECK_INTERVAL_MS = 1000;

export interface ServerLimits {
  readonly headersLimitMs?: number;
  readonly requestLimitMs?: number;
  /** Addresses or CIDRs of our own proxies; only they are believed about the caller's address. */
  readonly trustedProxies?: readonly string[];
}

/** For the FastifyAdapter of the edge: limits, and problem+json for what never becomes a request. */
export function edgeServerOptions(limits: ServerLimits = {}): Partial<FastifyHttpOptions<Server>> {
  return {
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: limits.requestLimitMs ?? REQUEST_LIMIT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: limits.trustedProxies?.length ? [...limits.trustedProxies] : false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    http: {
      headersTimeout: limits.headersLimitMs ?? HEADERS_LIMIT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  };
}

function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, String(request.id));
  void reply.code(problem.status).headers(problemHeaders(problem)).send(JSON.stringify(problem));
}

/** Bytes that are no request, or one that never ends: there is no reply object, only the socket. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(error, newId());
  const body = JSON.stringify(problem);
  const headers = {
    ...problemHeaders(problem),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n`;
  socket.end(`${status}${lines.join('')}\r\n${body}`, () => socket.destroy());
}
