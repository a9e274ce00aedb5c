import {
  parseEventSubject,
  projections,
  type EventCatalogue,
  type ParsedEvent,
} from '@trunkline/contracts';
import { backoffMs, sleep } from '@trunkline/kernel';
import { eventIdIn, PullDurable, workOf, type Logger } from '@trunkline/platform';
import type { JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AgentConfigs } from '../../app/ports.js';

export interface ConfigDurableOptions {
  readonly connection: NatsConnection;
  readonly catalogue: EventCatalogue;
  readonly configs: AgentConfigs;
  readonly logger: Pick<Logger, 'warn'>;
}

const settings = { ackWaitMs: 30_000, maxAckPending: 64 };
const PULL_MS = 5000;
const spread = { attempts: Infinity, firstDelayMs: 200, maxDelayMs: 10_000, jitter: 0.5 };

/**
 * Sees to it that every version has its object, also when the store was away while the
 * request was answered. Its effect is idempotent, so any number of replicas may run it.
 */
export class ConfigDurable {
  readonly #options: ConfigDurableOptions;
  readonly #durable: PullDurable;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  private constructor(options: ConfigDurableOptions, durable: PullDurable) {
    this.#options = options;
    this.#durable = durable;
  }

  static async start(options: ConfigDurableOptions): Promise<ConfigDurable> {
    const durable = workOf(projections.agentConfigs);
    const pulling = await PullDurable.open(options.connection, durable, settings);
    const started = new ConfigDurable(options, pulling);
    started.#loop = started.#run();
    return started;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    this.#durable.stopPulling();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        // Somebody may have deleted it, or the server lost it: a pull does not bring it back.
        if (failures > 0) await this.#durable.ensure();
        const messages = await this.#durable.pull(settings.maxAckPending, PULL_MS);
        for await (const message of messages) await this.#handle(message);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.#options.logger.warn('agent.config-durable-failed', { attempt: failures, error });
        await this.#pause(failures);
      }
    }
  }

  /** A fault of the store is waited out. */
  async #handle(message: JsMsg): Promise<void> {
    if (await this.#options.configs.has(eventIdIn(message) ?? '')) return message.ack();
    const parsed = this.#parse(message);
    for (let failures = 0; parsed.ok && !this.#stopping.signal.aborted;) {
      try {
        await this.#options.configs.store(parsed.event);
        break;
      } catch (error) {
        failures += 1;
        const { id: agentId, v } = parsed.event;
        this.#options.logger.warn('agent.config-late', { agentId, v, attempt: failures, error });
        message.working();
        await this.#pause(failures);
      }
    }
    if (this.#stopping.signal.aborted) message.nak();
    else message.ack();
  }

  /** What cannot be read is the projector's to park: here it would only hold up the others. */
  #parse(message: JsMsg): ParsedEvent {
    const parsed = parseMessage(this.#options.catalogue, message);
    if (!parsed.ok) {
      const { id: agentId } = parseEventSubject(message.subject);
      const { reason } = parsed;
      this.#options.logger.warn('agent.config-unreadable', { agentId, seq: message.seq, reason });
    }
    return parsed;
  }

  async #pause(failures: number): Promise<void> {
    const { signal } = this.#stopping;
    const delayMs = backoffMs(spread, failures + 1, Math.random());
    await Promise.allSettled([sleep(delayMs, signal)]);
  }
}

/** The reason quotes nothing: a parser's own message would. */
function parseMessage(catalogue: EventCatalogue, message: JsMsg): ParsedEvent {
  let raw: unknown;
  try {
    raw = message.json();
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  return catalogue.parse(raw);
}
