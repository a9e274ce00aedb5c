import { liveFilter, liveNews, type LiveNews } from '@trunkline/contracts';
import type { Logger, NatsConnections } from '@trunkline/platform';
import { LiveFeed } from '../../app/live/ports.js';

/** Core NATS: what is told while the connection is away is lost. */
export class NatsLiveFeed extends LiveFeed {
  readonly #nats: Pick<NatsConnections, 'connection' | 'onReconnect'>;
  readonly #logger: Pick<Logger, 'warn'>;

  constructor(
    nats: Pick<NatsConnections, 'connection' | 'onReconnect'>,
    logger: Pick<Logger, 'warn'>,
  ) {
    super();
    this.#nats = nats;
    this.#logger = logger;
  }

  follow(tenant: string, hear: (news: LiveNews) => void): () => void {
    const subscription = this.#nats.connection.subscribe(liveFilter(tenant, ['call', '>']), {
      callback: (error, message) => {
        if (error) return this.#logger.warn('live.feed-failed', { error });
        const news = liveNews.safeParse(jsonOf(message.string()));
        if (news.success) hear(news.data);
        else this.#logger.warn('live.news-unreadable');
      },
    });
    return () => subscription.unsubscribe();
  }

  onGap(hook: () => void): () => void {
    return this.#nats.onReconnect(hook);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
