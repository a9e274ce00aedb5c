/** The carrier's leg of a call, commanded over REST by whoever may. */
export interface Leg {
  /** Until the carrier says that it is done, or that there is no such call. */
  hangUp(signal: AbortSignal): Promise<void>;
  transfer(
    to: { readonly number: string; readonly kind: 'cold' | 'warm' },
    signal: AbortSignal,
  ): Promise<'connected' | 'refused' | 'unknown'>;
}
