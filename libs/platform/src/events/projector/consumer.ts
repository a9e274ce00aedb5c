import { EVENT_STREAM, type Durable } from '@trunkline/contracts';
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type Consumer,
  type ConsumerConfig,
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';

export interface DurableSettings {
  readonly ackWaitMs: number;
  readonly maxAckPending: number;
  /** The server removes the durable when nobody pulled for so long; kept for ever if left out. */
  readonly inactiveMs?: number | undefined;
  /** The log unless told. */
  readonly stream?: string;
}

export interface DurableProgress {
  /** Events not yet delivered. */
  readonly pendingCount: number;
  /** Events delivered and not acknowledged. */
  readonly unackedCount: number;
  /** Everything up to here that concerns this durable is acknowledged. */
  readonly ackedSeq: number;
}

/** The consumer is there with another configuration, as the server says it since 2.10 and before. */
const EXISTS_OTHERWISE = [10148, 10013];

/** One durable pull consumer on the log, made again whenever it is gone. */
export class PullDurable {
  readonly durable: Durable;
  readonly #settings: DurableSettings;
  readonly #stream: string;
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  #consumer: Consumer | undefined;
  #open: ConsumerMessages | undefined;
  #createdAt = '';

  private constructor(parts: {
    readonly durable: Durable;
    readonly settings: DurableSettings;
    readonly js: JetStreamClient;
    readonly jsm: JetStreamManager;
  }) {
    this.durable = parts.durable;
    this.#settings = parts.settings;
    this.#stream = parts.settings.stream ?? EVENT_STREAM;
    this.#js = parts.js;
    this.#jsm = parts.jsm;
  }

  static async open(
    nc: NatsConnection,
    durable: Durable,
    settings: DurableSettings,
  ): Promise<PullDurable> {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const one = new PullDurable({ durable, settings, js: jetstream(nc), jsm });
    await one.ensure();
    return one;
  }

  /** When the server made it: another time means another durable, which starts from the first. */
  get createdAt(): string {
    return this.#createdAt;
  }

  /**
   * Creates it, or brings its settings up to date. Its position is kept if it is there. True:
   * it is another one than before, and what was archived in between is nowhere in the stream.
   */
  async ensure(): Promise<boolean> {
    const before = this.#createdAt;
    this.#consumer = undefined;
    await this.#addOrUpdate();
    // Asked for: after a restart of the server its first answer to an add names the restart.
    const info = await this.#jsm.consumers.info(this.#stream, this.durable.name);
    this.#createdAt = info.created;
    return this.#createdAt !== before;
  }

  async #addOrUpdate(): Promise<void> {
    const config = configOf(this.durable, this.#settings);
    try {
      await this.#jsm.consumers.add(this.#stream, config);
    } catch (error) {
      if (!hasCode(error, EXISTS_OTHERWISE)) throw error;
      const changes = changeable(this.durable, this.#settings);
      await this.#jsm.consumers.update(this.#stream, this.durable.name, changes);
    }
  }

  /** Asks for at most so many events; they come one by one until `expiresMs` is over. */
  async pull(maxMessages: number, expiresMs: number): Promise<ConsumerMessages> {
    this.#consumer ??= await this.#js.consumers.get(this.#stream, this.durable.name);
    const asked = { max_messages: maxMessages, expires: expiresMs };
    this.#open = await this.#consumer.fetch(asked);
    return this.#open;
  }

  /** Ends a pull that is under way. */
  stopPulling(): void {
    this.#open?.stop();
    this.#open = undefined;
  }

  async progress(): Promise<DurableProgress> {
    const info = await this.#jsm.consumers.info(this.#stream, this.durable.name);
    return {
      pendingCount: info.num_pending,
      unackedCount: info.num_ack_pending,
      ackedSeq: info.ack_floor.stream_seq,
    };
  }

  /** The last event of the log, whoever it concerns. */
  async lastSeq(): Promise<number> {
    return (await this.#jsm.streams.info(this.#stream)).state.last_seq;
  }

  async remove(): Promise<void> {
    this.stopPulling();
    try {
      await this.#jsm.consumers.delete(this.#stream, this.durable.name);
    } catch (error) {
      if (!hasCode(error, [JetStreamApiCodes.ConsumerNotFound])) throw error;
    }
  }
}

function hasCode(error: unknown, codes: readonly number[]): boolean {
  return error instanceof JetStreamApiError && codes.includes(error.code);
}

/** What the server lets one change about a consumer that exists. */
function changeable(durable: Durable, settings: DurableSettings): Partial<ConsumerConfig> {
  const [first, ...others] = durable.filters;
  const { inactiveMs } = settings;
  return {
    ...(others.length === 0
      ? { filter_subject: first as string }
      : { filter_subjects: [...durable.filters] }),
    ack_wait: nanos(settings.ackWaitMs),
    // Deliveries are no verdict on an event: failures of `project` are counted here instead.
    max_deliver: -1,
    max_ack_pending: settings.maxAckPending,
    ...(inactiveMs === undefined ? {} : { inactive_threshold: nanos(inactiveMs) }),
  };
}

function configOf(durable: Durable, settings: DurableSettings): Partial<ConsumerConfig> {
  return {
    ...changeable(durable, settings),
    durable_name: durable.name,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
  };
}
