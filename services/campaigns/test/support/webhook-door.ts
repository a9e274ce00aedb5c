import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Carrier } from '@trunkline/contracts';
import { carrierKits } from '@trunkline/telephony';
import type { World } from './world.js';

const path = /^\/webhooks\/(\w+)\/([\w-]+)\/calls\/([\w-]+)\/(status|answer|amd)$/;

/** The gateway's side of the carriers, without signatures; webhooks can be lost on their way. */
export class WebhookDoor {
  isOpen = true;
  world: World | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<WebhookDoor> {
    const server = createServer((request, reply) => void door.#take(request, reply));
    const door = new WebhookDoor(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const [, name = '', carrierAccount = '', callId = '', what] =
      path.exec(request.url ?? '') ?? [];
    const carrier = name as Carrier;
    if (this.isOpen)
      await this.world?.webhook({ kind: 'status', carrier, carrierAccount, callId, body });
    const { contentType, body: document } = carrierKits[carrier].answers.sayAndHangUp('Good day.');
    if (what === 'answer') reply.writeHead(200, { 'content-type': contentType }).end(document);
    else reply.writeHead(200).end();
  }
}
