import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Desk } from '../core/desk.js';
import { singleHeaders } from '../core/exchange.js';
import { doorFaults } from '../core/faults.js';
import { waited } from '../core/outlet.js';
import { bearerIn } from '../key-checks/reply.js';
import { badRequest, serverError, tooMany, type CartesiaError } from './messages.js';

/** By header, or, from browsers that can set none, in the query. */
export function keyIn(
  request: IncomingMessage,
  query: URLSearchParams,
): { readonly key: string | undefined; readonly version: string | undefined } {
  const headers = singleHeaders(request);
  const sent =
    headers['x-api-key'] ??
    bearerIn({ path: '', headers }, 'Bearer') ??
    query.get('api_key') ??
    query.get('access_token') ??
    undefined;
  const version = headers['cartesia-version'] ?? query.get('cartesia_version') ?? undefined;
  return { key: sent === undefined || sent.startsWith('bad') ? undefined : sent, version };
}

/** The refusal ordered for this caller, if any; after a slow door the caller may have gone. */
export async function metAtTheDoor(
  desk: Desk,
  meeting: { readonly key: string; readonly text: string },
  socket: Duplex,
): Promise<CartesiaError | 'stays out' | undefined> {
  const fault = desk.faults.take({ provider: 'cartesia', kinds: doorFaults, ...meeting });
  switch (fault?.kind) {
    case undefined:
      return undefined;
    case 'slow':
      return (await waitedFor(socket, fault.delayMs)) ? undefined : 'stays out';
    case 'stall':
      return 'stays out';
    case 'rate-limit':
      return tooMany;
    case 'server-error':
      return { ...serverError, status: fault.status };
    case 'refuse':
      return { ...badRequest(`Refused with ${fault.status}.`), status: fault.status };
  }
}

async function waitedFor(socket: Duplex, delayMs: number): Promise<boolean> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket.once('close', leave);
  const isThere = await waited(delayMs, gone.signal);
  socket.off('close', leave);
  return isThere;
}
