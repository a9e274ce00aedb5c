import type { NatsConnection } from '@nats-io/transport-node';
import { liveCallSubject, liveFilter, liveNews, type LiveNews } from '@trunkline/contracts';
import type { Logger } from '@trunkline/platform';
import type { MachineVerdict } from '../../domain/turn/turn-input.js';

/** Lossy on purpose: who is not looking misses it, and a lost connection loses it. */
export class NatsLiveNews {
  readonly #connection: NatsConnection;
  readonly #logger: Logger;

  constructor(connection: NatsConnection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  tell(tenant: string, news: LiveNews): void {
    try {
      const subject = liveCallSubject(tenant, news.callId, news.type);
      this.#connection.publish(subject, JSON.stringify(news));
    } catch (error) {
      this.#logger.warn('call.news-lost', { callId: news.callId, error });
    }
  }

  /** What carriers believe has answered, told by the service that reads their webhooks. */
  followMachines(hear: (callId: string, verdict: MachineVerdict) => void): () => Promise<void> {
    const filter = liveFilter('*', ['call', '*', 'machine']);
    const subscription = this.#connection.subscribe(filter, {
      callback: (error, message) => {
        if (error) return this.#logger.warn('call.machine-news-failed', { error });
        const news = liveNews.safeParse(jsonOf(message.data));
        if (!news.success || news.data.type !== 'machine') return;
        const verdict = verdictOf[news.data.verdict];
        if (verdict !== undefined) hear(news.data.callId, verdict);
      },
    });
    return () => subscription.drain();
  }
}

const verdictOf: Readonly<Record<string, MachineVerdict>> = {
  human: 'human',
  machine: 'voicemail',
  'machine-greeting-ended': 'greeting-over',
  'machine-beep': 'greeting-over',
  fax: 'fax',
};

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
