import type { Admission, CallPlan } from '@trunkline/contracts';
import type { PoliteEnd } from './ports.js';

/** The other pods of this service, each by its own door. */
export abstract class OtherPods {
  /** Those that told lately that they have room, the emptiest first. */
  abstract withRoom(): readonly string[];
  /** `null`: it has none after all, or does not answer. */
  abstract reserve(
    pod: string,
    plan: CallPlan,
    of: { readonly tenant: string; readonly correlationId: string },
  ): Promise<Admission | null>;
  /** False when it does not have the call, or does not answer. */
  abstract endCall(
    pod: string,
    call: { readonly tenant: string; readonly callId: string },
    how: PoliteEnd,
  ): Promise<boolean>;
}
