import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Counters } from './counters.js';

const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

export interface Handshake {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** The WebSockets of all stand-ins. */
export class Sockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    // The first one offered, as the vendors with keys in subprotocols do.
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** Never answers when the handshake itself is malformed: `ws` refuses that by itself. */
  accept(
    provider: string,
    { request, socket, head }: Handshake,
    extraHeaders: readonly string[] = [],
  ): Promise<WebSocket> {
    const addHeaders = (headers: string[]): void => void headers.push(...extraHeaders);
    return new Promise((resolve) => {
      this.#server.once('headers', addHeaders);
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        this.#counters.add(provider, 'openSockets');
        webSocket.once('close', () => this.#counters.add(provider, 'openSockets', -1));
        // Without a listener a caller's broken frame would end the process; `close` follows.
        webSocket.on('error', () => webSocket.terminate());
        resolve(webSocket);
      });
      this.#server.off('headers', addHeaders);
    });
  }

  /** Answers the handshake with a status instead. */
  refuse(
    socket: Duplex,
    reply: {
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): void {
    const body = reply.body ?? '';
    const headers = {
      connection: 'close',
      'content-type': body.startsWith('{') ? 'application/json' : 'text/plain',
      'content-length': String(Buffer.byteLength(body)),
      ...reply.headers,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const status = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Refused'}`;
    socket.end(`${[status, ...lines].join('\r\n')}\r\n\r\n${body}`);
  }

  close(): void {
    for (const webSocket of this.#server.clients) webSocket.close(1001);
    this.#server.close();
  }
}
