import type { Desk } from '../core/desk.js';
import { sendReply, singleHeaders } from '../core/exchange.js';
import { doorFaults, streamFaults, type FaultFor, type FaultKind } from '../core/faults.js';
import { waited, type StreamFault } from '../core/outlet.js';
import type { Exchange } from '../core/stand-in.js';
import { bearerIn } from '../key-checks/reply.js';
import { badKey, errorBody, rateLimited, serverError, type OpenAiError } from './openai-error.js';

export const openAiFaults = [...doorFaults, ...streamFaults] as const satisfies FaultKind[];
type Fault = FaultFor<(typeof openAiFaults)[number]>;

export interface Admitted {
  /** Counted from when the request was complete. */
  readonly slowMs: number;
  readonly streamFault: StreamFault | undefined;
}

/** The key sent, or `undefined` when the request was already refused for it. */
export function keyOf(exchange: Exchange): string | undefined {
  const key = bearerIn({ path: exchange.path, headers: singleHeaders(exchange.request) }, 'Bearer');
  if (key !== undefined && !key.startsWith('bad')) return key;
  refuse(exchange, badKey);
  return undefined;
}

export function refuse({ response }: Exchange, error: OpenAiError): void {
  if (response.headersSent || response.destroyed) return;
  const { status, headers } = error;
  sendReply(response, { status, body: errorBody(error), ...(headers && { headers }) });
}

/** Acts out what is ordered for the start of an answer; `undefined`: there is none to come. */
export function admit(
  desk: Desk,
  exchange: Exchange,
  meeting: { readonly provider: string; readonly key: string; readonly text: string },
): Admitted | undefined {
  const fault = desk.faults.take({ kinds: openAiFaults, ...meeting });
  if (fault === undefined) return { slowMs: 0, streamFault: undefined };
  if (fault.kind === 'stall') {
    exchange.response.once('close', () => desk.counters.add(meeting.provider, 'cancels'));
  }
  return metAtTheDoor(exchange, fault);
}

function metAtTheDoor(exchange: Exchange, fault: Fault): Admitted | undefined {
  switch (fault.kind) {
    case 'slow':
      return { slowMs: fault.delayMs, streamFault: undefined };
    case 'stall':
      return undefined;
    case 'refuse':
      refuse(exchange, refusal(fault.status));
      return undefined;
    case 'rate-limit':
      refuse(exchange, rateLimited(fault.retryAfterSeconds));
      return undefined;
    case 'server-error':
      refuse(exchange, { ...serverError, status: fault.status });
      return undefined;
    default:
      return { slowMs: 0, streamFault: fault };
  }
}

function refusal(status: number): OpenAiError {
  if (status === 401) return badKey;
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return { status, message: `Refused with ${status}.`, type, code: null };
}

/** Waits as long as the caller does. False: the caller has gone. */
export async function waitedFor(exchange: Exchange, delayMs: number): Promise<boolean> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  exchange.response.once('close', leave);
  const isThere = await waited(delayMs, gone.signal);
  exchange.response.off('close', leave);
  return isThere;
}
