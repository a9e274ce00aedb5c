import { podAsks, podQuestions, podSubject, type Admission } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { Logger } from '@trunkline/platform';
import type { NatsConnection } from '@nats-io/transport-node';
import type { z } from 'zod';
import { VoicePods, type CallOnPod } from '../../app/ports.js';

const ADMIT_LIMIT_MS = 1500;
const GIVE_BACK_LIMIT_MS = 1000;

export class NatsPodDoors extends VoicePods {
  readonly #connection: NatsConnection;
  readonly #logger: Pick<Logger, 'info'>;

  constructor(connection: NatsConnection, logger: Pick<Logger, 'info'>) {
    super();
    this.#connection = connection;
    this.#logger = logger;
  }

  async admit({ pod, tenant, callId }: CallOnPod): Promise<Admission> {
    const subject = podSubject('voice', 'admit', pod);
    const ask = podAsks.admit.parse({ tenant, callId });
    let answered: z.output<typeof podQuestions.admit>;
    try {
      const reply = await this.#ask(subject, ask, ADMIT_LIMIT_MS);
      answered = podQuestions.admit.parse(reply);
    } catch (cause) {
      throw new AppError('voice.no-room', { retryable: true, cause });
    }
    if ('refused' in answered) throw new AppError('voice.no-room', { retryable: true });
    return answered;
  }

  async giveBack({ pod, tenant, callId }: CallOnPod): Promise<void> {
    const subject = podSubject('voice', 'end-call', pod);
    try {
      const how = { reason: 'dial_failed', side: 'carrier' } as const;
      const ask = podAsks.endCall.parse({ tenant, callId, ...how });
      await this.#ask(subject, ask, GIVE_BACK_LIMIT_MS);
    } catch (error) {
      this.#logger.info('dial.place-kept', { callId, error });
    }
  }

  async #ask(subject: string, ask: object, timeout: number): Promise<unknown> {
    const reply = await this.#connection.request(subject, JSON.stringify(ask), { timeout });
    return reply.json();
  }
}
