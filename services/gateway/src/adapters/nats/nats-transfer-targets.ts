import { podSubject, transferQuestion, type TransferTarget } from '@trunkline/contracts';
import type { Logger } from '@trunkline/platform';
import type { NatsConnection } from '@nats-io/transport-node';
import { TransferTargets } from '../../app/webhooks/ports.js';

const ASK_LIMIT_MS = 1500;

export class NatsTransferTargets extends TransferTargets {
  readonly #connection: NatsConnection;
  readonly #logger: Pick<Logger, 'warn'>;

  constructor(connection: NatsConnection, logger: Pick<Logger, 'warn'>) {
    super();
    this.#connection = connection;
    this.#logger = logger;
  }

  async find(of: {
    readonly tenant: string;
    readonly callId: string;
    readonly replica: string;
  }): Promise<TransferTarget | undefined> {
    const { tenant, callId, replica } = of;
    const subject = podSubject('campaigns', 'transfer', replica);
    const ask = JSON.stringify(transferQuestion.ask.parse({ tenant, callId }));
    try {
      const reply = await this.#connection.request(subject, ask, { timeout: ASK_LIMIT_MS });
      const answered = transferQuestion.answer.parse(reply.json());
      return 'refused' in answered ? undefined : answered;
    } catch (error) {
      this.#logger.warn('webhook.no-transfer-target', { callId, error });
      return undefined;
    }
  }
}
