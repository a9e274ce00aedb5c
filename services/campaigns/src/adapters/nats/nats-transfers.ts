import { podSubject, transferQuestion, type TransferTarget } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import { newId } from '@trunkline/platform';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { PendingTransfers, type DialKey } from '../../app/ports.js';

const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;

/** In memory alone: a number of somebody's leaves no trace, and is asked for within seconds. */
export class NatsTransfers extends PendingTransfers {
  readonly replica = newId();
  readonly #kept = new Map<string, { readonly target: TransferTarget; readonly atMs: number }>();
  readonly #clock: Clock;
  readonly #door: Subscription;

  constructor(connection: NatsConnection, clock: Clock) {
    super();
    this.#clock = clock;
    this.#door = connection.subscribe(podSubject('campaigns', 'transfer', this.replica), {
      callback: (_error, message) => this.#answer(message),
    });
  }

  keep({ tenant, callId }: DialKey, target: TransferTarget): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(`${tenant}/${callId}`, { target, atMs: this.#clock.nowMs() });
  }

  async close(): Promise<void> {
    if (!this.#door.isClosed()) await this.#door.drain();
  }

  #answer(message: Msg): void {
    message.respond(JSON.stringify(this.#find(message) ?? { refused: 'request.not-found' }));
  }

  #find(message: Msg): TransferTarget | undefined {
    const asked = transferQuestion.ask.safeParse(parseJson(message.string()));
    if (!asked.success) return undefined;
    const { tenant, callId } = asked.data;
    const found = this.#kept.get(`${tenant}/${callId}`);
    const isFresh = found !== undefined && this.#clock.nowMs() - found.atMs < KEPT_MS;
    return isFresh ? found.target : undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
