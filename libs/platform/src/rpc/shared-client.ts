import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { ClientNats, type ReadPacket, type WritePacket } from '@nestjs/microservices';

type Answered = (error: Error | null, message: Msg) => unknown;

interface Serialized {
  readonly data: string;
  readonly headers?: MsgHdrs;
}

/**
 * Nest's NATS client over the connection this process already has, whose life is not its own.
 * All answers come to one inbox: one of its own for each request costs the server and both
 * ends more than the request itself.
 */
export class SharedNatsClient extends ClientNats {
  readonly #connection: NatsConnection;
  readonly #inboxPrefix: string;
  readonly #waiting = new Map<string, Answered>();
  #inbox: string | undefined;
  #count = 0;

  constructor(connection: NatsConnection, inboxPrefix: string) {
    super({ inboxPrefix });
    this.#connection = connection;
    this.#inboxPrefix = inboxPrefix;
  }

  override createClient(): Promise<NatsConnection> {
    return Promise.resolve(this.#connection);
  }

  /** Ends what is still being asked; the connection stays. */
  override close(): Promise<void> {
    this.handleClose();
    this.statusEventEmitter.removeAllListeners();
    return Promise.resolve();
  }

  protected override publish(
    asked: ReadPacket,
    callback: (packet: WritePacket) => unknown,
  ): () => void {
    const packet = this.assignPacketId(asked);
    this.#count += 1;
    const token = this.#count.toString(36);
    const forget = (): void => {
      this.#waiting.delete(token);
      this.routingMap.delete(packet.id);
    };
    // So that `close` ends it, and our own map finds it by the subject of its answer.
    this.routingMap.set(packet.id, callback);
    this.#waiting.set(token, this.createSubscriptionHandler(packet, callback));
    try {
      this.#inbox ??= this.#open();
      const { data, headers } = this.serializer.serialize(packet) as Serialized;
      const reply = this.#inbox + token;
      const subject = this.normalizePattern(asked.pattern as string);
      this.#connection.publish(subject, data, { reply, ...(headers && { headers }) });
    } catch (err) {
      forget();
      callback({ err });
    }
    return forget;
  }

  #open(): string {
    const inbox = `${createInbox(this.#inboxPrefix)}.`;
    this.#connection.subscribe(`${inbox}*`, {
      callback: (error, message) => {
        if (error) this.#failAll(error, message);
        else this.#waiting.get(message.subject.slice(inbox.length))?.(null, message);
      },
    });
    return inbox;
  }

  /** Nobody may listen there any more: the next request opens another one. */
  #failAll(error: Error, message: Msg): void {
    this.#inbox = undefined;
    for (const answered of [...this.#waiting.values()]) answered(error, message);
  }
}
