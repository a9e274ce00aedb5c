import type {
  DialFact,
  DialOutcome,
  TransferProgress,
  TransferReason,
  TransferStage,
} from '@trunkline/contracts';
import type { DialEnd, DialState } from './dial.js';
import { rankOf } from './dial-status.js';

const isOpen = ({ order, status }: DialState): boolean =>
  order?.transfer !== undefined && rankOf(status) >= rankOf('requested') && status !== 'over';
const isTaken = ({ status }: DialState): boolean => rankOf(status) >= rankOf('agreed');

/** A leg that is called for somebody who waits is taken once. */
export function agree(
  state: DialState,
  { carrierCallId }: { readonly carrierCallId: string },
): DialFact | undefined {
  if (!isOpen(state) || isTaken(state)) return undefined;
  return { type: 'dial.agreed', data: { carrierCallId } };
}

export function join(state: DialState): DialFact | undefined {
  return state.status === 'agreed' ? { type: 'dial.joined', data: {} } : undefined;
}

/** What was taken is not taken back. */
export function withdraw(state: DialState): DialFact | undefined {
  if (!isOpen(state) || isTaken(state)) return undefined;
  const how = { outcome: 'cancelled', reason: 'manual_stopped' } as const;
  const detail = 'nobody waits for it any more';
  return { type: 'dial.closed', data: { ...how, detail, durationSeconds: null } };
}

const stages: Readonly<Record<DialState['status'], TransferStage>> = {
  none: 'calling',
  requested: 'calling',
  attempting: 'calling',
  unknown: 'calling',
  accepted: 'calling',
  ringing: 'ringing',
  answered: 'answered',
  agreed: 'taken',
  joined: 'taken',
  over: 'over',
};

/** What a second leg means to whoever waits for it. */
export function progressOf({ status, end }: DialState): TransferProgress {
  const stage = stages[status];
  if (status === 'joined') return { stage, outcome: 'connected', reason: null };
  return end ? { stage, ...resultOf(end) } : { stage, outcome: null, reason: null };
}

const reasons: Readonly<Partial<Record<DialOutcome, TransferReason>>> = {
  busy: 'busy',
  'no-answer': 'no-answer',
  connected: 'declined',
};

function resultOf(end: DialEnd): Pick<TransferProgress, 'outcome' | 'reason'> {
  const { after, outcome, reason } = end;
  if (after === 'joined') return { outcome: 'connected', reason: null };
  // Whether it rings somewhere nobody knew when it was given up.
  if (after === 'unknown') return { outcome: 'unknown', reason: null };
  if (reason === 'manual_stopped') return { outcome: 'refused', reason: 'withdrawn' };
  // It was taken, and whether the caller got there nobody told.
  if (after === 'agreed' || outcome === 'unknown') return { outcome: 'unknown', reason: null };
  if (reason === 'user_declined') return { outcome: 'refused', reason: 'declined' };
  return { outcome: 'refused', reason: reasons[outcome] ?? 'failed' };
}
