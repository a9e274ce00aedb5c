import type { CallPlan } from '@trunkline/contracts';

/** The carrier's leg of a call, commanded over REST by whoever may. */
export interface Leg {
  /** Until the carrier says that it is done, or that there is no such call. */
  hangUp(signal: AbortSignal): Promise<void>;
  transfer(
    to: { readonly number: string; readonly kind: 'cold' | 'warm' },
    signal: AbortSignal,
  ): Promise<'connected' | 'refused' | 'unknown'>;
}

/** What the carrier has to be told of a call. */
export interface LegOwner {
  readonly tenant: string;
  readonly correlationId: string;
  readonly carrierCallId: string | null;
  readonly plan: Pick<CallPlan, 'callId' | 'carrierAccount' | 'direction' | 'from' | 'to'>;
}
