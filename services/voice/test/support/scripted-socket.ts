import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export type Told = Readonly<Record<string, unknown>>;

/** A vendor with a socket for one test: it says what the test says, and remembers what it heard. */
export class ScriptedSocket {
  readonly told: Told[] = [];
  opened = 0;
  closed = 0;
  path = '';
  headers: IncomingHttpHeaders = {};
  /** Refuses the next handshakes with it. */
  refuseWith: number | undefined;
  onTold: (message: Told, say: (message: object) => void) => void = () => undefined;
  onOpen: (say: (message: object) => void, socket: WebSocket) => void = () => undefined;
  readonly #server = createServer();
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  static async start(): Promise<ScriptedSocket> {
    const scripted = new ScriptedSocket();
    scripted.#server.on('upgrade', (request, socket, head) => {
      scripted.path = request.url ?? '';
      scripted.headers = request.headers;
      if (scripted.refuseWith !== undefined) {
        return socket.end(`HTTP/1.1 ${scripted.refuseWith} No\r\ncontent-length: 0\r\n\r\n`);
      }
      scripted.#sockets.handleUpgrade(request, socket, head, (open) => scripted.#serve(open));
    });
    await new Promise<void>((resolve) => scripted.#server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  say(message: object): void {
    for (const socket of this.#sockets.clients) socket.send(JSON.stringify(message));
  }

  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: WebSocket): void {
    this.opened += 1;
    const say = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('close', () => {
      this.closed += 1;
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Told;
      this.told.push(message);
      this.onTold(message, say);
    });
    this.onOpen(say, socket);
  }
}
