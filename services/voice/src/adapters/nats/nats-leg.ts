import { campaignsRuntimeRequests } from '@trunkline/contracts';
import { retry } from '@trunkline/kernel';
import { actingFor, type Requests } from '@trunkline/platform';
import type { Leg, LegOwner } from '../../app/ports/index.js';

const TRIES = { attempts: 5, firstDelayMs: 500, maxDelayMs: 5000, jitter: 0.5 };

/** The campaigns service holds the carriers' REST; a browser has no leg to command. */
export class NatsLeg implements Leg {
  constructor(
    private readonly requests: Requests,
    private readonly call: LegOwner,
  ) {}

  async hangUp(signal: AbortSignal): Promise<void> {
    const leg = this.#leg;
    if (!leg) return;
    await retry({ ...TRIES, signal }, async () => {
      const { gone } = await this.requests.ask(
        campaignsRuntimeRequests.hangUpLeg,
        leg,
        this.#context(signal),
      );
      if (!gone) throw new Error('the carrier has not confirmed it yet');
    });
  }

  async transfer(
    { number }: { readonly number: string },
    signal: AbortSignal,
  ): Promise<'connected' | 'refused' | 'unknown'> {
    const leg = this.#leg;
    const { direction, from, to } = this.call.plan;
    const callerId = direction === 'inbound' ? to : from;
    if (!leg || callerId === null) return 'refused';
    try {
      const { outcome } = await this.requests.ask(
        campaignsRuntimeRequests.transferLeg,
        { ...leg, to: number, callerId },
        this.#context(signal),
      );
      return outcome;
    } catch {
      // It may have been carried out: nobody knows.
      return 'unknown';
    }
  }

  get #leg() {
    const { plan, carrierCallId } = this.call;
    const { callId, carrierAccount } = plan;
    if (carrierAccount === null || carrierCallId === null) return undefined;
    return { callId, carrierAccount, carrierCallId };
  }

  #context(signal: AbortSignal) {
    const { tenant, correlationId } = this.call;
    return { ...actingFor('voice', { tenant, correlationId }), signal };
  }
}
