import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface Asked {
  readonly url: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeLine {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly received: Record<string, unknown>[];
  readonly socket: WebSocket;
  closedWith: number | undefined;
}

export type Answer = (asked: Asked) => { status?: number; body?: string } | undefined;

/** Our platform as a carrier sees it: webhooks and audio sockets, everything kept. */
export class FakePlatform {
  readonly asked: Asked[] = [];
  readonly lines: FakeLine[] = [];
  answer: Answer = () => undefined;
  onMessage: (line: FakeLine, message: Record<string, unknown>) => void = () => undefined;
  readonly #server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const path = request.url ?? '';
      const body = Buffer.concat(chunks).toString('utf8');
      const asked = { url: `${this.url}${path}`, path, headers: request.headers, body };
      this.asked.push(asked);
      const { status = 200, body: text = '' } = this.answer(asked) ?? {};
      response.writeHead(status, { 'content-type': 'application/xml' }).end(text);
    })();
  });
  /** The status that handshakes get instead of a socket. */
  refuses: number | undefined;
  readonly #sockets = new WebSocketServer({
    server: this.#server,
    perMessageDeflate: false,
    verifyClient: (_, answer) => answer(this.refuses === undefined, this.refuses),
  });

  async start(): Promise<this> {
    this.#sockets.on('connection', (socket, request) => {
      const path = request.url ?? '';
      const line: FakeLine = {
        url: `${this.wsUrl}${path}`,
        headers: request.headers,
        received: [],
        socket,
        closedWith: undefined,
      };
      this.lines.push(line);
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as Record<string, unknown>;
        line.received.push(message);
        this.onMessage(line, message);
      });
      socket.on('close', (code) => {
        line.closedWith = code;
      });
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get wsUrl(): string {
    return this.url.replace('http', 'ws');
  }

  forms(part: string): Record<string, string>[] {
    return this.asked
      .filter((one) => one.path.includes(part))
      .map((one) => Object.fromEntries(new URLSearchParams(one.body)));
  }

  async stop(): Promise<void> {
    for (const { socket } of this.lines) socket.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export async function until<T>(look: () => T | undefined | false, what = 'it'): Promise<T> {
  const deadlineMs = Date.now() + 15_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadlineMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}
