import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@trunkline/testing';
import { WebSocketServer, type WebSocket } from 'ws';

/** One connection as the vendor sees it. */
export class VendorSocket {
  readonly texts: string[] = [];
  readonly sounds: Buffer[] = [];
  closedWith: number | undefined;

  constructor(
    readonly socket: WebSocket,
    readonly request: IncomingMessage,
  ) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.sounds.push(Buffer.from(data));
      else this.texts.push(data.toString());
    });
    socket.once('close', (code) => {
      this.closedWith = code;
    });
  }

  get soundBytes(): number {
    return this.sounds.reduce((sum, sound) => sum + sound.length, 0);
  }

  get query(): URLSearchParams {
    return new URL(this.request.url ?? '', 'http://vendor').searchParams;
  }

  messages<T>(): T[] {
    return this.texts.map((text) => JSON.parse(text) as T);
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  drop(): void {
    this.socket.terminate();
  }
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A vendor that says exactly what a spec tells it to say. */
export class ScriptedVendor {
  readonly sockets: VendorSocket[] = [];
  readonly #server = createServer();
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  #refusals: Refusal[] = [];
  #silent = 0;
  onSocket: (socket: VendorSocket) => void = () => undefined;

  private constructor() {
    this.#server.on('upgrade', (request, socket, head) => {
      // A client may leave in the middle of the handshake; specs do that on purpose.
      socket.on('error', () => socket.destroy());
      if (this.#silent > 0) {
        this.#silent -= 1;
        return;
      }
      const refusal = this.#refusals.shift();
      if (refusal) {
        const headers = Object.entries(refusal.headers).map(([name, value]) => `${name}: ${value}`);
        const lines = [`HTTP/1.1 ${refusal.status} No`, 'connection: close', ...headers, '', ''];
        socket.end(lines.join('\r\n'));
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (open) => {
        const vendorSocket = new VendorSocket(open, request);
        this.sockets.push(vendorSocket);
        this.onSocket(vendorSocket);
      });
    });
  }

  static async start(): Promise<ScriptedVendor> {
    const vendor = new ScriptedVendor();
    vendor.#server.listen(0, '127.0.0.1');
    await once(vendor.#server, 'listening');
    return vendor;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get last(): VendorSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nobody has connected');
    return socket;
  }

  refuse(status: number, headers: Readonly<Record<string, string>> = {}, times = 1): void {
    for (let n = 0; n < times; n += 1) this.#refusals.push({ status, headers });
  }

  /** Takes the next handshakes and never answers them. */
  hang(times = 1): void {
    this.#silent += times;
  }

  async connected(count: number): Promise<VendorSocket> {
    await eventually(() => this.sockets.length >= count);
    return this.last;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.sockets) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
