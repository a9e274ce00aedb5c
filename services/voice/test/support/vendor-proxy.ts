import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

interface Passage {
  readonly client: Socket;
  bytesUp: number;
}

/** A wire to a stand-in that a suite can cut, block and refuse on. */
export class VendorProxy {
  readonly #server = createServer((client) => this.#accept(client));
  readonly #passages: Passage[] = [];
  readonly #target: URL;
  #refusal: string | undefined;
  #hangs = false;

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  static async start(target: string): Promise<VendorProxy> {
    const proxy = new VendorProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get bytesUp(): number {
    return this.#passages.at(-1)?.bytesUp ?? 0;
  }

  get isQuiet(): boolean {
    return this.#passages.every(({ client }) => client.destroyed);
  }

  drop(): void {
    this.#passages.at(-1)?.client.destroy();
  }

  refuseNext(status: number, headers: Readonly<Record<string, string>> = {}): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    this.#refusal = [`HTTP/1.1 ${status} No`, 'connection: close', ...lines, '', ''].join('\r\n');
  }

  hangNext(): void {
    this.#hangs = true;
  }

  async stop(): Promise<void> {
    for (const { client } of this.#passages) client.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const passage = { client, bytesUp: 0 };
    this.#passages.push(passage);
    client.on('error', () => client.destroy());
    if (this.#hangs) return;
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal !== undefined) {
      client.once('data', () => client.end(refusal));
      return;
    }
    const upstream = connect(Number(this.#target.port), this.#target.hostname);
    upstream.on('error', () => client.destroy());
    client.on('data', (chunk: Buffer) => (passage.bytesUp += chunk.length));
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  }
}
