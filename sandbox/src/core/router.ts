import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyChecks } from '../key-checks/index.js';
import type { KeyCheck, Reply } from '../key-checks/reply.js';
import type { Moods } from '../moods.js';
import type { Connections } from './connections.js';
import type { Control } from './control.js';
import type { Desk } from './desk.js';
import { exchangeOf, sendReply, singleHeaders, TooLarge } from './exchange.js';
import type { Handshake } from './sockets.js';
import type { Exchange, StandIn } from './stand-in.js';

interface Parts {
  readonly desk: Desk;
  readonly moods: Moods;
  readonly connections: Connections;
  readonly control: Control;
  readonly standIns: ReadonlyMap<string, StandIn>;
}

const nothingHere: Reply = { status: 404, body: { error: 'nothing here' } };
const unreadable: Reply = { status: 400, body: { error: 'expected JSON' } };

/** Whose is a request? */
export class Router {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const status = error instanceof TooLarge ? 413 : 500;
      sendReply(response, { status, body: { error: String(error) } });
    }
  }

  /** Never rejects. */
  async upgrade(handshake: Handshake): Promise<void> {
    const { request, socket, head } = handshake;
    const { desk, connections, standIns } = this.#parts;
    // A caller who goes before he is answered is no reason to end the process.
    socket.on('error', () => socket.destroy());
    const url = urlOf(request);
    const { provider, path } = splitPath(url.pathname);
    const standIn = standIns.get(provider);
    if (!standIn?.upgrade) return desk.sockets.refuse(socket, { status: 404 });
    try {
      await connections.ready(socket, provider);
      desk.counters.add(provider, 'requests');
      if (!socket.destroyed) standIn.upgrade(request, socket, head, `${path}${url.search}`);
    } catch {
      desk.sockets.refuse(socket, { status: 500 });
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = urlOf(request);
    if (pathname === '/livez' || pathname === '/readyz') {
      return sendReply(response, { status: 200, body: { status: 'ok' } });
    }
    const { provider, path } = splitPath(pathname);
    const exchange = exchangeOf(request, response, { path, query });
    if (provider === '__control') return sendReply(response, await this.#control(exchange));
    await this.#ask(provider, exchange);
  }

  async #control(exchange: Exchange): Promise<Reply> {
    const { path, query, request } = exchange;
    const { method = 'GET' } = request;
    const text = (await exchange.body()).toString('utf8');
    const body = text === '' ? undefined : jsonOf(text);
    if (text !== '' && body === undefined) return unreadable;
    return this.#parts.control.reply({ method, path, query, body });
  }

  async #ask(provider: string, exchange: Exchange): Promise<void> {
    const { desk, connections, moods, standIns } = this.#parts;
    const { request, response, path } = exchange;
    const standIn = standIns.get(provider);
    const check = checkOf(provider);
    if (standIn || check) {
      await connections.ready(request.socket, provider);
      desk.counters.add(provider, 'requests');
    }
    if (standIn?.request && (await standIn.request(exchange))) return;
    if (!check || request.method !== 'GET' || !check.path.test(path)) {
      return sendReply(response, nothingHere);
    }
    const reply = replyTo(check, moods.take(provider), { path, request });
    if (reply) sendReply(response, reply);
  }
}

/** `undefined`: a stall, no answer until the caller gives up. */
function replyTo(
  check: KeyCheck,
  mood: ReturnType<Moods['take']>,
  of: { readonly path: string; readonly request: IncomingMessage },
): Reply | undefined {
  if (mood === 'stall') return undefined;
  if (mood === 'rate-limited') return check.rateLimited();
  if (mood === 'server-error') return { status: 503, body: 'Service Unavailable', text: true };
  const asked = { path: of.path, headers: singleHeaders(of.request) };
  const key = check.keyIn(asked);
  return key === undefined || key.startsWith('bad') ? check.refused() : check.accepted(asked);
}

function checkOf(provider: string): KeyCheck | undefined {
  return Object.hasOwn(keyChecks, provider)
    ? keyChecks[provider as keyof typeof keyChecks]
    : undefined;
}

/** Also of what is no address: that is nobody's. */
function urlOf(request: IncomingMessage): URL {
  const base = 'http://sandbox';
  return URL.parse(request.url ?? '/', base) ?? new URL(base);
}

function splitPath(pathname: string): { provider: string; path: string } {
  const [, provider = '', ...rest] = pathname.split('/');
  return { provider, path: `/${rest.join('/')}` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
