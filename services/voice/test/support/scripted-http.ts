import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export type Answerer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** A vendor for one test: it answers as it is told and remembers what it was asked. */
export class ScriptedHttp {
  readonly seen: SeenRequest[] = [];
  answer: Answerer = (_request, response) => void response.end();
  connections = 0;
  /** Answers that the other side closed before they were whole. */
  cutOff = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  static async start(): Promise<ScriptedHttp> {
    const scripted = new ScriptedHttp();
    scripted.#server.keepAliveTimeout = 0;
    scripted.#server.on('connection', () => {
      scripted.connections += 1;
    });
    await new Promise<void>((resolve) => scripted.#server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Without the requests that only open a connection. */
  get posts(): SeenRequest[] {
    return this.seen.filter((one) => one.method === 'POST');
  }

  closeConnections(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = '', url = '', headers } = request;
    const seen = { method, path: url, headers, body: Buffer.concat(pieces).toString() };
    this.seen.push(seen);
    response.on('close', () => {
      if (!response.writableFinished) this.cutOff += 1;
    });
    if (method === 'OPTIONS') return void response.writeHead(204).end();
    await this.answer(seen, response);
  }
}

/** Sends server-sent events one by one, like a model that thinks. */
export async function sendEvents(
  response: ServerResponse,
  events: readonly unknown[],
  betweenMs = 1,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const event of events) {
    if (response.destroyed) return;
    const data = typeof event === 'string' ? event : JSON.stringify(event);
    response.write(`data: ${data}\n\n`);
    await delay(betweenMs);
  }
}
