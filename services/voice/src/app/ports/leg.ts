import type {
  CallPlan,
  TransferOutcome,
  TransferProgress,
  TransferReason,
} from '@trunkline/contracts';

export interface TransferWish {
  readonly number: string;
  readonly kind: 'cold' | 'warm';
  /** What the colleague hears before they take the call. */
  readonly briefing: string;
  readonly language: string;
}

export interface TransferEnd {
  readonly outcome: TransferOutcome;
  readonly reason: TransferReason | null;
  /** The dial of the second leg. */
  readonly dial: string | null;
}

/** The carrier's leg of a call, commanded over REST by whoever may. */
export interface Leg {
  /** Until the carrier says that it is done, or that there is no such call. */
  hangUp(signal: AbortSignal): Promise<void>;
  /** Calls somebody else while the caller stays; one at a time. Bounded, and never rejects. */
  transfer(
    wish: TransferWish,
    watch: { readonly signal: AbortSignal; readonly tell: (progress: TransferProgress) => void },
  ): Promise<TransferEnd>;
  /** Nobody waits any more: it ends soon, and says whether it was taken before that. */
  withdrawTransfer(): void;
}

/** What the carrier has to be told of a call. */
export interface LegOwner {
  readonly tenant: string;
  readonly correlationId: string;
  readonly carrierCallId: string | null;
  readonly pod: string;
  readonly plan: Pick<
    CallPlan,
    'callId' | 'agent' | 'version' | 'carrierAccount' | 'direction' | 'from' | 'to'
  >;
}
