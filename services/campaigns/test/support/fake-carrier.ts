import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly form: URLSearchParams;
  readonly json: unknown;
}

export type Behaviour = (request: Received, reply: ServerResponse) => void;

/** Whatever carrier's REST, as far as a test needs it: it remembers every request. */
export class FakeCarrier {
  readonly received: Received[] = [];
  behave: Behaviour = acceptTwilio;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeCarrier> {
    const server = createServer((request, reply) => void carrier.#take(request, reply));
    const carrier = new FakeCarrier(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return carrier;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests that create a call, to this number. */
  posts(to: string): Received[] {
    return this.received.filter(({ path, form, json }) => {
      const isCreate = /\/Calls\.json$|\/v2\/calls$/.test(path);
      return isCreate && (form.get('To') ?? (json as { to?: string } | null)?.to) === to;
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const isJson = request.headers['content-type'] === 'application/json';
    const received = {
      method: request.method ?? '',
      path: request.url ?? '',
      form: new URLSearchParams(isJson ? '' : text),
      json: isJson ? (JSON.parse(text) as unknown) : null,
    };
    this.received.push(received);
    this.behave(received, reply);
  }
}

export function answer(reply: ServerResponse, status: number, body: object): void {
  reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The leg's id is made from the number, so that tests can name it. */
export const acceptTwilio: Behaviour = ({ form, json }, reply) => {
  const to = form.get('To') ?? (json as { to?: string } | null)?.to ?? '';
  const id = legOf(to);
  answer(reply, 201, { sid: id, data: { call_control_id: id, result: 'ok' } });
};

export function legOf(to: string): string {
  return `CA${to.replace('+', '').padStart(32, '0')}`;
}
