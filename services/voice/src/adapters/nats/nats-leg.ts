import { campaignsRuntimeRequests } from '@trunkline/contracts';
import { retry } from '@trunkline/kernel';
import { actingFor, newId, type Requests } from '@trunkline/platform';
import type { Leg, LegOwner, TransferEnd, TransferWish } from '../../app/ports/index.js';
import { NatsTransfer, type Patience, usualPatience } from './nats-transfer.js';

const TRIES = { attempts: 5, firstDelayMs: 500, maxDelayMs: 5000, jitter: 0.5 };
const noLeg: TransferEnd = { outcome: 'refused', reason: 'failed', dial: null };

/** The campaigns service holds the carriers' REST; a browser has no leg to command. */
export class NatsLeg implements Leg {
  #transfer: NatsTransfer | undefined;

  constructor(
    private readonly requests: Requests,
    private readonly call: LegOwner,
    private readonly patience: Patience = usualPatience,
  ) {}

  async hangUp(signal: AbortSignal): Promise<void> {
    const leg = this.#leg;
    if (!leg) return;
    await retry({ ...TRIES, signal }, async () => {
      const { gone } = await this.requests.ask(campaignsRuntimeRequests.hangUpLeg, leg, {
        ...this.#context,
        signal,
      });
      if (!gone) throw new Error('the carrier has not confirmed it yet');
    });
  }

  async transfer(
    { number, kind, briefing, language }: TransferWish,
    watch: Parameters<Leg['transfer']>[1],
  ): Promise<TransferEnd> {
    const leg = this.#leg;
    const { pod, plan } = this.call;
    const { direction, from, to, agent, version } = plan;
    const callerId = direction === 'inbound' ? to : from;
    if (!leg || callerId === null) return noLeg;
    const wish = { to: number, kind, briefing, language, callerId, agent, version, pod };
    const transfer = new NatsTransfer({
      ...{ requests: this.requests, context: this.#context, patience: this.patience },
      order: { ...leg, ...wish, transfer: newId() },
      tell: watch.tell,
    });
    this.#transfer = transfer;
    const withdraw = (): void => transfer.withdraw();
    watch.signal.addEventListener('abort', withdraw, { once: true });
    if (watch.signal.aborted) withdraw();
    try {
      return await transfer.run();
    } finally {
      watch.signal.removeEventListener('abort', withdraw);
      this.#transfer = undefined;
    }
  }

  withdrawTransfer(): void {
    this.#transfer?.withdraw();
  }

  get #leg() {
    const { plan, carrierCallId } = this.call;
    const { callId, carrierAccount } = plan;
    if (carrierAccount === null || carrierCallId === null) return undefined;
    return { callId, carrierAccount, carrierCallId };
  }

  get #context() {
    const { tenant, correlationId } = this.call;
    return actingFor('voice', { tenant, correlationId });
  }
}
