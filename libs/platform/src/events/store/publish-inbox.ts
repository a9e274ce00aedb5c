import {
  MsgHdrsImpl,
  createInbox,
  errors,
  type Msg,
  type NatsConnection,
} from '@nats-io/transport-node';

export interface Publish {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Without line breaks; here they are not looked for. */
  readonly headers: Record<string, string[]>;
  readonly timeoutMs: number;
}

interface Waiting {
  readonly subject: string;
  readonly answered: (answer: Msg) => void;
  readonly failed: (cause: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Publishes and waits for the stream's answer. The client's own `request` does the same, but
 * makes two errors with their stacks for every answer that comes: a fifth of an append.
 */
export class PublishInbox {
  readonly #connection: NatsConnection;
  readonly #waiting = new Map<string, Waiting>();
  #prefix: string | undefined;
  #count = 0;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** Rejects with what `failureOf` understands. */
  ask(publish: Publish): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const { subject } = publish;
      this.#prefix ??= this.#open();
      this.#count += 1;
      const token = this.#count.toString(36);
      const timeout = (): void => this.#fail(token, new errors.TimeoutError());
      const timer = setTimeout(timeout, publish.timeoutMs);
      this.#waiting.set(token, { subject, answered: resolve, failed: reject, timer });
      try {
        this.#connection.publish(subject, publish.payload, {
          headers: MsgHdrsImpl.fromRecord(publish.headers),
          reply: this.#prefix + token,
        });
      } catch (error) {
        this.#fail(token, error);
      }
    });
  }

  /** The server says so beside the answers, by subject only. */
  refuse(refused: Error & { readonly subject: string }): void {
    for (const [token, { subject }] of this.#waiting) {
      if (subject === refused.subject) this.#fail(token, refused);
    }
  }

  /** What was sent may or may not have arrived. */
  failAll(cause: unknown): void {
    for (const token of [...this.#waiting.keys()]) this.#fail(token, cause);
  }

  #open(): string {
    const prefix = `${createInbox(prefixOf(this.#connection))}.`;
    this.#connection.subscribe(`${prefix}*`, {
      callback: (error, message) => {
        if (error) this.failAll(error);
        else this.#take(message.subject.slice(prefix.length), message);
      },
    });
    return prefix;
  }

  #take(token: string, message: Msg): void {
    const waiting = this.#waiting.get(token);
    if (!waiting) return;
    if (message.data.length === 0 && message.headers?.code === 503) {
      this.#fail(token, new errors.NoRespondersError(waiting.subject));
      return;
    }
    this.#leave(token, waiting);
    waiting.answered(message);
  }

  #fail(token: string, cause: unknown): void {
    const waiting = this.#waiting.get(token);
    if (!waiting) return;
    this.#leave(token, waiting);
    waiting.failed(cause);
  }

  #leave(token: string, { timer }: Waiting): void {
    clearTimeout(timer);
    this.#waiting.delete(token);
  }
}

/** Where this user may listen. The client's own parts read it in the same place. */
function prefixOf(connection: NatsConnection): string | undefined {
  const { options } = connection as { readonly options?: { readonly inboxPrefix?: string } };
  return options?.inboxPrefix;
}
