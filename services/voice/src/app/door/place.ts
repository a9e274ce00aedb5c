import type { CallPlan, ConversationMode } from '@trunkline/contracts';
import type { OpenedAccount, OpenedCall, PoliteEnd, RunningCall, RuntimeConfig } from './ports.js';

export type PlaceState =
  /** Waits for its socket. */
  | 'held'
  /** The socket is there; the log is being asked. */
  | 'opening'
  | 'live'
  /** The socket dropped and may come back. */
  | 'reconnecting';

/** Room for one call on this pod, from its reservation to its end. */
export interface Place {
  readonly tenant: string;
  readonly plan: CallPlan;
  readonly runtime: RuntimeConfig;
  readonly mode: ConversationMode;
  readonly account: OpenedAccount | null;
  readonly correlationId: string;
  state: PlaceState;
  heldUntilMs: number;
  /** The fingerprint of the token that opened it. */
  usedToken: string | null;
  carrierCallId: string | null;
  running: RunningCall | null;
  /** Somebody wanted it ended before it ran. */
  endAsked: PoliteEnd | null;
  /** Lets go of a socket that has been silent for a second, as dead ones are. */
  dropSilent: (() => void) | null;
}

export function isWaiting(place: Place): boolean {
  return place.state === 'held' || place.state === 'opening';
}

export function openedCall(place: Place, pod: string): OpenedCall {
  const { tenant, plan, runtime, mode, correlationId, carrierCallId } = place;
  return { tenant, plan, runtime, mode, correlationId, carrierCallId, pod };
}

/** Tests always run cascaded (row O13); others as the call, the agent or the operator says. */
export function modeOf(
  plan: CallPlan,
  runtime: RuntimeConfig,
  usual: ConversationMode,
): ConversationMode {
  return plan.kind === 'test' ? 'cascaded' : (plan.mode ?? runtime.config.mode ?? usual);
}
