import { webhookSubject, type WebhookNotice } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { WebhookQueue } from '../../app/webhooks/ports.js';

const PUT_LIMIT_MS = 2000;

/** The stream HOOK: acknowledged means written and synced. */
export class NatsWebhookQueue extends WebhookQueue {
  readonly #jetstream: JetStreamClient;

  constructor(connection: NatsConnection) {
    super();
    this.#jetstream = jetstream(connection);
  }

  async put(notice: WebhookNotice): Promise<void> {
    const subject = webhookSubject(notice.tenant, notice.carrierAccount);
    try {
      const options = { timeout: PUT_LIMIT_MS, retries: 1 };
      await this.#jetstream.publish(subject, JSON.stringify(notice), options);
    } catch (cause) {
      throw new AppError('service.unavailable', { retryable: true, cause });
    }
  }
}
