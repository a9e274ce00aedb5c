import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from './eventually.js';

type Direction = 'toServer' | 'toClient';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What the client has sent and the server has not got yet, while it is held. */
  held: Buffer[] | undefined;
  answeredBytes: number;
  /** Held once: it stays open towards the server when its client is gone. */
  outlivesClient: boolean;
}

/**
 * A TCP proxy on loopback that can swallow bytes, hold them back, cut connections, or behave as
 * if the server were killed or stopped. A byte stream with a hole is of no use any more: after
 * swallowing, `cut` makes the client connect again.
 */
export class ChaosProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #port = 0;
  #isFrozen = false;
  #holding: readonly Pair[] = [];
  readonly #swallowing = { toServer: false, toClient: false };
  readonly #swallowedBytes = { toServer: 0, toClient: 0 };

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async before(url: string): Promise<ChaosProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new ChaosProxy({ host: hostname, port: Number(port) });
    await proxy.comeBack();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Takes the bytes of one direction, of present and new connections, and lets them vanish. */
  swallow(direction: Direction): void {
    this.#swallowedBytes[direction] = 0;
    this.#swallowing[direction] = true;
  }

  swallowedBytes(direction: Direction): number {
    return this.#swallowedBytes[direction];
  }

  /** Ends every connection, as a killed process does, and lets new ones pass unharmed. */
  cut(): void {
    this.#swallowing.toServer = false;
    this.#swallowing.toClient = false;
    for (const { client, server } of this.#pairs) {
      // Not `resetAndDestroy`: a peer that resets first leaves it a handle that node never closes,
      // and then spins for at its exit.
      client.destroy();
      server.destroy();
    }
  }

  /** Keeps what the connections of this moment send to the server; new ones are not touched. */
  hold(): void {
    this.#holding = [...this.#pairs];
    for (const pair of this.#holding) {
      pair.held = [];
      pair.outlivesClient = true;
    }
  }

  get heldBytes(): number {
    const chunks = this.#holding.flatMap((pair) => pair.held ?? []);
    return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** The held connections break for their clients; for the server they are still open. */
  cutHeldClients(): void {
    for (const { client } of this.#holding) client.destroy();
  }

  /** Delivers to the server, late, what was held, and waits until the server has answered it. */
  async release(): Promise<void> {
    const late = this.#holding.filter((pair) => (pair.held ?? []).length > 0);
    const before = late.map((pair) => pair.answeredBytes);
    for (const pair of this.#holding) {
      pair.server.write(Buffer.concat(pair.held ?? []));
      pair.held = undefined;
    }
    await eventually(() => late.every((pair, at) => pair.answeredBytes > (before[at] ?? 0)));
  }

  /** As if the server had been killed: nobody listens any more. */
  async leave(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  /** At the same address as before. */
  async comeBack(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As if the server had been stopped with SIGSTOP: it takes connections and says nothing. */
  freeze(): void {
    this.#isFrozen = true;
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const { client, server } of this.#pairs) {
      client.resume();
      server.resume();
    }
  }

  async stop(): Promise<void> {
    await this.leave();
  }

  #accept(client: Socket): void {
    const pair: Pair = {
      client,
      server: connect(this.#target),
      held: undefined,
      answeredBytes: 0,
      outlivesClient: false,
    };
    this.#pairs.add(pair);
    const { server } = pair;
    this.#pass(client, server, (bytes) => {
      if (!pair.held) return this.#take('toServer', bytes);
      pair.held.push(bytes);
      return true;
    });
    this.#pass(server, client, (bytes) => {
      pair.answeredBytes += bytes.length;
      return this.#take('toClient', bytes);
    });
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      if (this.#isFrozen) socket.pause();
      // A reset on either side ends both; there is nobody else to tell.
      socket.on('error', () => this.#end(pair));
      socket.on('close', () => this.#end(pair));
    }
  }

  #pass(from: Socket, to: Socket, takes: (bytes: Buffer) => boolean): void {
    from.on('data', (bytes: Buffer) => {
      if (takes(bytes) || to.destroyed || to.write(bytes)) return;
      from.pause();
      to.once('drain', () => {
        if (!this.#isFrozen) from.resume();
      });
    });
  }

  #take(direction: Direction, bytes: Buffer): boolean {
    if (!this.#swallowing[direction]) return false;
    this.#swallowedBytes[direction] += bytes.length;
    return true;
  }

  #end(pair: Pair): void {
    if (pair.outlivesClient && !pair.server.destroyed) return;
    if (!this.#pairs.delete(pair)) return;
    pair.client.destroy();
    pair.server.destroy();
  }
}
