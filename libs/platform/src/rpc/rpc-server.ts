import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { ServerNats, type NatsContext, type Serializer } from '@nestjs/microservices';
import { requestSubject } from '@trunkline/contracts';
import { abortable } from '@trunkline/kernel';
import { from, type Observable } from 'rxjs';
import { answerRequest, type AnswerOptions } from './answer-request.js';
import type { RequestHandler, RequestHandlers } from './answer.js';
import { toRemoteError } from './remote-error.js';

export interface RpcServerOptions extends AnswerOptions {
  readonly connection: NatsConnection;
  readonly handlers: RequestHandlers;
}

/** What Nest adds around an answer, and headroom for headers. */
const ENVELOPE_BYTES = 1024;

/**
 * Nest's NATS server over the connection this process already has. Replicas share the work
 * through a queue group; closing drains, so that what was taken is answered.
 */
export class RpcServer extends ServerNats {
  readonly #rpc: RpcServerOptions;
  readonly #running = new Set<Promise<unknown>>();
  #taking: Subscription[] = [];

  constructor(options: RpcServerOptions) {
    const maxBytes = (options.connection.info?.max_payload ?? 256 * 1024) - ENVELOPE_BYTES;
    super({ serializer: new BoundedSerializer(maxBytes) });
    this.#rpc = options;
    for (const handler of options.handlers.list) this.#add(handler);
  }

  override createNatsClient(): Promise<NatsConnection> {
    return Promise.resolve(this.#rpc.connection);
  }

  override bindEvents(client: NatsConnection): void {
    this.#taking = this.#rpc.handlers.list.map(({ definition }) => {
      const subject = requestSubject(definition.service, definition.verb);
      const receive = this.getMessageHandler(subject).bind(this);
      return client.subscribe(subject, { queue: definition.service, callback: receive });
    });
  }

  /** NatsConnections watches the connection; once is enough. */
  override handleStatusUpdates(): Promise<void> {
    return Promise.resolve();
  }

  override async close(): Promise<void> {
    await this.drain(AbortSignal.timeout(5000));
  }

  /** Takes nothing more, answers what it has, and makes sure the answers have left. */
  async drain(signal: AbortSignal): Promise<void> {
    const taking = this.#taking;
    this.#taking = [];
    if (taking.length === 0 || this.#rpc.connection.isClosed()) return;
    await abortable(Promise.all(taking.map((subscription) => subscription.drain())), signal);
    while (this.#running.size > 0) await abortable(Promise.allSettled(this.#running), signal);
    // Nest hands an answer to the connection on the tick after the handler.
    await abortable(new Promise((resolve) => setImmediate(resolve)), signal);
    await abortable(this.#rpc.connection.flush(), signal);
  }

  #add(handler: RequestHandler): void {
    const { service, verb } = handler.definition;
    const receive = (data: unknown, context: NatsContext): Promise<Observable<unknown>> =>
      Promise.resolve(from(this.#answer(handler, { data, context })));
    this.addHandler(requestSubject(service, verb), receive);
  }

  async #answer(
    handler: RequestHandler,
    message: { readonly data: unknown; readonly context: NatsContext },
  ): Promise<unknown> {
    const answering = answerRequest(this.#rpc, handler, message);
    this.#running.add(answering);
    try {
      return await answering;
    } catch (error) {
      throw toRemoteError(error);
    } finally {
      this.#running.delete(answering);
    }
  }
}

/** An answer above the server's limit would vanish and look like a timeout. */
class BoundedSerializer implements Serializer {
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  serialize(packet: { readonly id?: string }): { readonly data: string } {
    const data = JSON.stringify(packet);
    if (Buffer.byteLength(data) <= this.#maxBytes) return { data };
    const err = { code: 'internal', retryable: false, details: { maxBytes: this.#maxBytes } };
    return { data: JSON.stringify({ id: packet.id, err, isDisposed: true }) };
  }
}
