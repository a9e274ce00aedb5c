import { liveCallSubject, liveNews } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import type { Logger } from '@trunkline/platform';
import type { NatsConnection } from '@nats-io/transport-node';
import { LiveCalls } from '../../app/ports.js';

export class NatsLiveCalls extends LiveCalls {
  readonly #parts: {
    readonly connection: NatsConnection;
    readonly clock: Clock;
    readonly logger: Pick<Logger, 'warn'>;
  };

  constructor(parts: {
    readonly connection: NatsConnection;
    readonly clock: Clock;
    readonly logger: Pick<Logger, 'warn'>;
  }) {
    super();
    this.#parts = parts;
  }

  machine(call: {
    readonly tenant: string;
    readonly callId: string;
    readonly verdict: string;
  }): void {
    const { connection, clock, logger } = this.#parts;
    const { tenant, callId, verdict } = call;
    const at = new Date(clock.nowMs()).toISOString();
    const news = liveNews.parse({ type: 'machine', callId, at, verdict });
    try {
      connection.publish(liveCallSubject(tenant, callId, 'machine'), JSON.stringify(news));
    } catch (error) {
      logger.warn('dial.news-lost', { callId, error });
    }
  }
}
