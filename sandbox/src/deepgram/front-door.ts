import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Desk } from '../core/desk.js';
import { singleHeaders } from '../core/exchange.js';
import { doorFaults, streamFaults, type FaultFor } from '../core/faults.js';
import { waited, type StreamFault } from '../core/outlet.js';
import type { Handshake } from '../core/sockets.js';
import { bearerIn } from '../key-checks/reply.js';
import { provider } from './session.js';

export const deepgramFaults = [...doorFaults, ...streamFaults] as const;
type Fault = FaultFor<(typeof deepgramFaults)[number]>;

export interface Knock extends Handshake {
  readonly path: string;
  readonly requestId: string;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Admitted {
  readonly streamFault: StreamFault | undefined;
}

/** Undefined: refused already, or left standing. */
export async function admit(knock: Knock, desk: Desk): Promise<Admitted | undefined> {
  const key = keyIn(knock.request);
  if (key === undefined || key.startsWith('bad')) {
    refuse(knock, desk, invalidAuth);
    return undefined;
  }
  const fault = desk.faults.take({ provider, kinds: deepgramFaults, key, text: knock.path });
  return fault ? met(fault, knock, desk) : { streamFault: undefined };
}

async function met(fault: Fault, knock: Knock, desk: Desk): Promise<Admitted | undefined> {
  switch (fault.kind) {
    case 'stall':
      return undefined;
    case 'slow':
      return (await isPatient(knock, fault.delayMs)) ? { streamFault: undefined } : undefined;
    case 'refuse':
    case 'rate-limit':
    case 'server-error':
      refuse(knock, desk, refusalFor(fault));
      return undefined;
    default:
      return { streamFault: fault };
  }
}

/** In a header, or, from browsers that can set none, as a subprotocol. */
function keyIn(request: IncomingMessage): string | undefined {
  const headers = singleHeaders(request);
  const asked = { path: '', headers };
  const [scheme, key] = (headers['sec-websocket-protocol'] ?? '').split(',');
  const offered =
    scheme?.trim() === 'token' || scheme?.trim() === 'bearer' ? key?.trim() : undefined;
  return bearerIn(asked, 'Token') ?? bearerIn(asked, 'Bearer') ?? offered;
}

async function isPatient({ socket }: Knock, delayMs: number): Promise<boolean> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket.once('close', leave);
  const isThere = await waited(delayMs, gone.signal);
  socket.off('close', leave);
  return isThere;
}

const invalidAuth: Refusal = {
  status: 401,
  code: 'INVALID_AUTH',
  message: 'Invalid credentials.',
};
export const notFound: Refusal = { status: 404, code: 'NOT_FOUND', message: 'Not found.' };

export function badRequest(error: z.ZodError): Refusal {
  const [issue] = error.issues;
  const message = `Bad Request: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
  return { status: 400, code: 'Bad Request', message };
}

function refusalFor(fault: FaultFor<'refuse' | 'rate-limit' | 'server-error'>): Refusal {
  switch (fault.kind) {
    case 'refuse':
      return { status: fault.status, code: 'REFUSED', message: `Refused with ${fault.status}.` };
    case 'rate-limit': {
      const headers = { 'retry-after': String(Math.ceil(fault.retryAfterSeconds)) };
      return { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Too many requests.', headers };
    }
    case 'server-error':
      return { status: fault.status, code: 'INTERNAL_SERVER_ERROR', message: 'Try again later.' };
  }
}

export function refuse({ socket, requestId }: Knock, desk: Desk, refusal: Refusal): void {
  const body = { err_code: refusal.code, err_msg: refusal.message, request_id: requestId };
  const headers = { ...refusal.headers, 'dg-request-id': requestId, 'dg-error': refusal.message };
  desk.sockets.refuse(socket, { status: refusal.status, body: JSON.stringify(body), headers });
}
