import { withDeadline } from '@trunkline/kernel';
import { WebSocket } from 'ws';
import type { ProviderAccess } from '../../app/ports/index.js';
import { errorOfStatus, unavailable } from './provider-error.js';

const CONNECT_LIMIT_MS = 5000;

export interface SocketOrder {
  readonly access: ProviderAccess;
  /** Below the base URL, with a leading slash. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  readonly connectLimitMs?: number;
  readonly signal: AbortSignal;
  /** Registers listeners before anything can arrive: a first message may come with the handshake. */
  readonly attach: (socket: WebSocket) => void;
}

/** An open WebSocket to a vendor, or an error a call understands. Its `error` never goes unheard. */
export async function openSocket(order: SocketOrder): Promise<WebSocket> {
  order.signal.throwIfAborted();
  const socket = new WebSocket(socketUrl(order), {
    headers: order.headers,
    // Sound does not compress, and each deflate context would cost more than a call's audio.
    perMessageDeflate: false,
    maxPayload: order.maxMessageBytes,
    followRedirects: false,
  });
  order.attach(socket);
  const { connectLimitMs: limitMs = CONNECT_LIMIT_MS, signal } = order;
  const deadline = { limitMs, code: 'provider.timeout', signal };
  try {
    await withDeadline(deadline, () => opened(socket, order.access.provider));
    return socket;
  } catch (error) {
    socket.terminate();
    throw error;
  }
}

function opened(socket: WebSocket, provider: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve());
    // Stays: an error of an open socket is always followed by `close`, which the owner hears.
    socket.on('error', (cause) => reject(unavailable(provider, cause)));
    socket.once('unexpected-response', (request, { statusCode: status = 0, headers }) => {
      reject(errorOfStatus({ provider, status, headers }));
      request.destroy();
    });
  });
}

export function socketUrl({
  access,
  path,
  query,
}: Pick<SocketOrder, 'access' | 'path' | 'query'>): URL {
  const url = new URL(access.baseUrl);
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  url.search = query?.toString() ?? '';
  return url;
}
