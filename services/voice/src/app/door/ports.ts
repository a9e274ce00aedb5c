import type {
  agentsRuntimeRequests,
  CallPlan,
  ConversationMode,
  EndReason,
  EndSide,
} from '@trunkline/contracts';
import type { RequestContext } from '@trunkline/platform';
import type { z } from 'zod';
import type { Line } from '../ports/index.js';

/** Everything a call needs to know of its agent (row O8). */
export type RuntimeConfig = z.output<typeof agentsRuntimeRequests.runtimeConfig.output>;

/** Asked once, when a place is reserved: the version is pinned then, and no call waits for it. */
export abstract class AgentSource {
  abstract read(
    plan: Pick<CallPlan, 'agent' | 'version'>,
    context: RequestContext,
  ): Promise<RuntimeConfig>;
}

export interface OpenedAccount {
  /** Whose it is: a plan may name its own tenant's only. */
  readonly tenant: string;
  /** As the carrier names it; `null` where its streams name no account. */
  readonly accountId: string | null;
  /** Signs handshakes, with carriers that do. */
  readonly secret: string;
}

/** The carrier account of a call; asked when its place is reserved. */
export abstract class CarrierAccountSource {
  abstract open(carrierAccount: string, context: RequestContext): Promise<OpenedAccount>;
}

/** Which pod the log says a call began on; `null`: on none. */
export abstract class CallWhereabouts {
  abstract podOf(call: {
    readonly tenant: string;
    readonly callId: string;
  }): Promise<string | null>;
}

/** A call whose socket proved who it is. */
export interface OpenedCall {
  readonly tenant: string;
  readonly plan: CallPlan;
  readonly runtime: RuntimeConfig;
  /** The agent's, or the plan's, and always cascaded in a test (row O13). */
  readonly mode: ConversationMode;
  readonly pod: string;
  /** Of the request that reserved the place. */
  readonly correlationId: string;
  /** Of the carrier; `null` in a browser. */
  readonly carrierCallId: string | null;
}

export interface PoliteEnd {
  readonly reason: EndReason;
  readonly side: EndSide;
}

export interface RunningCall {
  /** Resolves once everything about the call is done; never rejects. */
  readonly ended: Promise<void>;
  /** Says goodbye first, where there is somebody to say it to. */
  endPolitely(how: PoliteEnd): void;
  /** Ends it now. */
  endNow(how: PoliteEnd): void;
}

/** What happens behind the door. */
export abstract class CallRunner {
  /**
   * Writes down that the call began, at sequence 0: whoever is second gets `call.taken`. No audio
   * is processed before, and nothing was opened anywhere yet.
   */
  abstract admit(call: OpenedCall, signal: AbortSignal): Promise<void>;
  /** Begins at once; the line may have sound waiting already. */
  abstract run(call: OpenedCall, line: Line): RunningCall;
}

/** Where the door counts; the labels are few and ours. */
export interface DoorFigures {
  opened(): void;
  refused(why: string): void;
  outboundGap(durationMs: number): void;
}
