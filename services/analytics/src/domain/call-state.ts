import type { callStates } from '@trunkline/contracts';

export type CallState = (typeof callStates)[number];

/** What each of a call's sources knows by itself; whatever order they come in, the sum is one. */
export interface CallSources {
  readonly session: boolean;
  readonly dial: 'requested' | 'dialling' | 'ringing' | 'answered' | 'unknown' | 'over' | null;
  readonly isReached: boolean;
  readonly call: 'live' | 'reconnecting' | 'ended' | null;
}

const dialStates = {
  requested: 'requested',
  dialling: 'dialling',
  ringing: 'ringing',
  answered: 'answered',
  unknown: 'unknown',
} as const;

export function callStateOf({ call, dial, isReached }: CallSources): CallState {
  if (call !== null) return call;
  if (dial === null) return 'opened';
  if (dial !== 'over') return dialStates[dial];
  return isReached ? 'ended' : 'not-reached';
}
