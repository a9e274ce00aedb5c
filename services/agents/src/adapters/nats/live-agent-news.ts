import { liveFilter, liveSubject, token } from '@trunkline/contracts';
import { withDeadline } from '@trunkline/kernel';
import type { Logger, NatsConnections } from '@trunkline/platform';
import type { Subscription } from '@nats-io/transport-node';
import { z } from 'zod';
import type { AgentCache } from '../../app/agent-cache.js';
import { AgentNews, type AgentChange } from '../../app/ports.js';

const FLUSH_LIMIT_MS = 1000;
const shape = z.strictObject({ tenant: token, agent: token, v: z.int().min(1) });
const topic = (agent: string): string[] => ['agent', agent, 'changed'];

/** Core NATS: at most once, so a reconnect empties the cache. */
export class LiveAgentNews extends AgentNews {
  readonly #nats: NatsConnections;
  readonly #logger: Pick<Logger, 'warn'>;

  constructor(nats: NatsConnections, logger: Pick<Logger, 'warn'>) {
    super();
    this.#nats = nats;
    this.#logger = logger;
  }

  override get isReliable(): boolean {
    return this.#nats.isConnected;
  }

  /** Waits until the server has it, so that no replica answers the old agent after we answered. */
  override async publish(change: AgentChange): Promise<void> {
    const { connection } = this.#nats;
    try {
      connection.publish(liveSubject(change.tenant, topic(change.agent)), JSON.stringify(change));
      const limits = { limitMs: FLUSH_LIMIT_MS, code: 'service.unavailable' };
      await withDeadline(limits, () => connection.flush());
    } catch (error) {
      this.#logger.warn('agent.news-lost', { agentId: change.agent, v: change.v, error });
    }
  }

  /** Answers how to stop. */
  follow(cache: AgentCache): () => Promise<void> {
    const subscription = this.#nats.connection.subscribe(liveFilter('*', topic('*')), {
      callback: (error, message) => {
        if (error) cache.clear();
        else this.#hear(cache, message.string());
      },
    });
    const forget = this.#nats.onReconnect(() => cache.clear());
    return async () => {
      forget();
      await drain(subscription);
    };
  }

  #hear(cache: AgentCache, text: string): void {
    const parsed = shape.safeParse(parseJson(text));
    if (parsed.success) cache.drop(parsed.data, parsed.data.v);
    else {
      this.#logger.warn('agent.news-unreadable');
      cache.clear();
    }
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

async function drain(subscription: Subscription): Promise<void> {
  if (!subscription.isClosed()) await subscription.drain();
}
