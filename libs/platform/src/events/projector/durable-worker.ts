import { durablesOf, type Durable, type ProjectionDefinition } from '@trunkline/contracts';
import { backoffMs, sleep } from '@trunkline/kernel';
import type { JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../telemetry/logger.js';
import { PullDurable } from './consumer.js';

export interface DurableWork {
  readonly durable: Durable;
  /** The log unless told. */
  readonly stream?: string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly maxRunning: number;
  /** `content` is `undefined` where it is not JSON. Rejects to get the message again a little later. */
  readonly handle: (content: unknown, message: JsMsg) => Promise<void>;
}

interface OpenWork extends Omit<DurableWork, 'durable'> {
  readonly durable: PullDurable;
}

const PULL_MS = 5000;
const ACK_WAIT_MS = 10_000;
const MAX_ACK_PENDING = 256;
const AGAIN_MS = 1000;
const spread = { attempts: Infinity, firstDelayMs: 200, maxDelayMs: 5000, jitter: 0.5 };

/** Works off a durable, several messages at a time; what a killed process held comes again. */
export class DurableWorker {
  readonly #options: OpenWork;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #loop: Promise<void>;

  private constructor(options: OpenWork) {
    this.#options = options;
    this.#loop = this.#run();
  }

  static async open(connection: NatsConnection, work: DurableWork): Promise<DurableWorker> {
    const durable = await PullDurable.open(connection, work.durable, {
      ackWaitMs: ACK_WAIT_MS,
      maxAckPending: MAX_ACK_PENDING,
      ...(work.stream === undefined ? {} : { stream: work.stream }),
    });
    return new DurableWorker({ ...work, durable });
  }

  /** Finishes what it has begun. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    this.#options.durable.stopPulling();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #run(): Promise<void> {
    const { durable, logger } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        // A pull does not bring a durable back that somebody deleted.
        if (failures > 0) await durable.ensure();
        await this.#pullOnce(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        logger.warn('durable.failed', { durable: durable.durable.name, attempt: failures, error });
        const delayMs = backoffMs(spread, failures + 1, Math.random());
        await Promise.allSettled([sleep(delayMs, signal)]);
      }
    }
  }

  /** Asks for no more than can be begun at once: what waits here runs into its ack wait. */
  async #pullOnce(signal: AbortSignal): Promise<void> {
    const { durable, maxRunning } = this.#options;
    while (this.#running.size >= maxRunning) await Promise.race(this.#running);
    const messages = await durable.pull(maxRunning - this.#running.size, PULL_MS);
    for await (const message of messages) {
      if (signal.aborted) message.nak();
      else this.#take(message);
    }
  }

  #take(message: JsMsg): void {
    const work = this.#work(message);
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Never rejects. */
  async #work(message: JsMsg): Promise<void> {
    const { handle, durable, logger } = this.#options;
    const heartbeat = setInterval(() => message.working(), ACK_WAIT_MS / 3);
    try {
      await handle(contentOf(message), message);
      message.ack();
    } catch (error) {
      const { name } = durable.durable;
      logger.warn('durable.again', {
        durable: name,
        deliveries: message.info.deliveryCount,
        error,
      });
      message.nak(AGAIN_MS);
    } finally {
      clearInterval(heartbeat);
    }
  }
}

/** Of a projection whose effect is no collection but work. */
export function workOf(projection: ProjectionDefinition): Durable {
  const [durable, ...others] = durablesOf(projection);
  if (!durable || others.length > 0) throw new TypeError('such work has exactly one durable');
  return durable;
}

function contentOf(message: JsMsg): unknown {
  try {
    return message.json();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
