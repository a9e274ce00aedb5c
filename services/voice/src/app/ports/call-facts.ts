import type { CallFact } from '@trunkline/contracts';

export interface CallHead {
  readonly tenant: string;
  readonly callId: string;
  /** Of the request or webhook the call came of. */
  readonly correlationId: string;
}

export type CallStarted = Extract<CallFact, { readonly type: 'call.started' }>;

/** The one writer of one call's facts, in order. */
export interface CallFactWriter {
  /** Never waits and never loses: while the log is away the pod's journal keeps it. */
  write(fact: CallFact): void;
  /** Resolves once everything written is in the log or safe in the journal. */
  settled(signal: AbortSignal): Promise<void>;
}

export abstract class CallFacts {
  /** Appended at sequence 0, and acknowledged: whoever is second gets `call.taken`. */
  abstract start(head: CallHead, started: CallStarted): Promise<CallFactWriter>;
  /** False from 80 % of the journal on: no new calls. */
  abstract readonly hasRoom: boolean;
  /** Called when the journal is full: calls have to end. */
  abstract onFull(listener: () => void): void;
}
