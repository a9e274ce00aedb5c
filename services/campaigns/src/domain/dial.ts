import type { DialFact, DialOutcome, DialVerdict, EndReason } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';
import { outcomeOfEnd } from './dial-outcome.js';
import { rankOf, type DialStatus } from './dial-status.js';
import { agree, join, withdraw } from './second-leg.js';

type DataOf<Type extends DialFact['type']> = Extract<DialFact, { type: Type }>['data'];
export type DialOrder = DataOf<'dial.requested'>;

export interface DialState {
  readonly status: DialStatus;
  readonly order: DialOrder | undefined;
  readonly carrierCallId: string | null;
  readonly verdict: DialVerdict | null;
  /** The status before it was over, and how it ended. */
  readonly end: DialEnd | null;
  readonly isErased: boolean;
}

export interface DialEnd {
  readonly after: DialStatus;
  readonly outcome: DialOutcome;
  readonly reason: string;
}

/** What the carrier tells, in whatever order and as often as it likes. */
export type DialNews =
  | { readonly kind: 'initiated' | 'ringing' | 'answered'; readonly carrierCallId: string }
  | { readonly kind: 'machine'; readonly verdict: DialVerdict }
  | {
      readonly kind: 'ended';
      readonly reason: EndReason;
      readonly detail: string;
      readonly durationSeconds: number | null;
    };

export type Settlement =
  | { readonly kind: 'accepted'; readonly carrierCallId: string }
  | { readonly kind: 'rejected'; readonly reason: string; readonly carrierCode: string | null }
  | { readonly kind: 'unknown'; readonly why: DataOf<'dial.unknown'>['why'] };

export type DialCommand =
  /** Whoever gets a fact out of this sends the one POST. */
  | { readonly do: 'attempt'; readonly pod: string }
  | { readonly do: 'settle'; readonly settlement: Settlement }
  | { readonly do: 'hear'; readonly news: DialNews }
  /** Of a second leg: whoever gets a fact out of this moves the caller. */
  | { readonly do: 'agree'; readonly carrierCallId: string }
  | { readonly do: 'join' }
  /** Nobody waits for the second leg any more; what was agreed stands. */
  | { readonly do: 'withdraw' }
  | { readonly do: 'erase'; readonly reason: string }
  | {
      readonly do: 'close';
      readonly outcome: DialOutcome;
      readonly reason: EndReason;
      readonly detail: string;
    };

type Decided = DialFact | undefined;
type CommandOf<Do extends DialCommand['do']> = Extract<DialCommand, { readonly do: Do }>;

/** A command without a row does not compile. */
const deciders: {
  readonly [Do in DialCommand['do']]: (state: DialState, command: CommandOf<Do>) => Decided;
} = {
  attempt: (state, { pod }) =>
    state.status === 'requested' ? { type: 'dial.attempting', data: { pod } } : undefined,
  settle: (state, { settlement }) => settled(state, settlement),
  hear: (state, { news }) => heard(state, news),
  close: (state, { outcome, reason, detail }) =>
    state.status === 'over'
      ? undefined
      : { type: 'dial.closed', data: { outcome, reason, detail, durationSeconds: null } },
  agree,
  join,
  withdraw,
  erase: (state, { reason }) => erased(state, reason),
};

export const dialDecider: Decider<DialState, DialCommand, DialFact> = {
  initialState: {
    status: 'none',
    order: undefined,
    carrierCallId: null,
    verdict: null,
    end: null,
    isErased: false,
  },

  decide(state, command) {
    if (state.status === 'none') throw new AppError('request.not-found');
    const decide = deciders[command.do] as (state: DialState, command: DialCommand) => Decided;
    return decide(state, command);
  },

  evolve(state, event) {
    const moved = { ...state, status: statusAfter[event.type] ?? state.status };
    switch (event.type) {
      case 'dial.requested':
        return { ...moved, order: event.data };
      case 'dial.accepted':
      case 'dial.ringing':
      case 'dial.answered':
      case 'dial.agreed':
        return { ...moved, carrierCallId: event.data.carrierCallId };
      case 'dial.machine-detected':
        return { ...moved, verdict: event.data.verdict };
      case 'dial.erased':
        return { ...moved, isErased: true };
      default:
        return { ...moved, end: endOf(state, event) };
    }
  },
};

/** The others say more about a dial without moving it. */
export const statusAfter: Readonly<Partial<Record<DialFact['type'], DialStatus>>> = {
  'dial.requested': 'requested',
  'dial.attempting': 'attempting',
  'dial.unknown': 'unknown',
  'dial.accepted': 'accepted',
  'dial.ringing': 'ringing',
  'dial.answered': 'answered',
  'dial.agreed': 'agreed',
  'dial.joined': 'joined',
  'dial.rejected': 'over',
  'dial.closed': 'over',
};

/** A leg may exist from the moment somebody was about to send the POST. */
export function mayHaveLeg(state: DialState): boolean {
  return rankOf(state.status) >= rankOf('attempting') && state.status !== 'over';
}

/** The first end stands. */
function endOf(state: DialState, event: DialFact): DialEnd | null {
  const { status: after, end } = state;
  if (event.type === 'dial.rejected') {
    return end ?? { after, outcome: 'rejected', reason: event.data.reason };
  }
  if (event.type !== 'dial.closed') return end;
  const { outcome, reason } = event.data;
  return end ?? { after, outcome, reason };
}

function erased(state: DialState, reason: string): DialFact | undefined {
  if (state.status !== 'over') throw new AppError('call.not-ended');
  return state.isErased ? undefined : { type: 'dial.erased', data: { reason } };
}

/** The answer to the POST; a webhook that overtook it knows better. */
function settled(state: DialState, settlement: Settlement): DialFact | undefined {
  const isOpen = state.status === 'attempting' || state.status === 'unknown';
  if (!isOpen) return undefined;
  switch (settlement.kind) {
    case 'accepted':
      return { type: 'dial.accepted', data: { carrierCallId: settlement.carrierCallId } };
    case 'rejected': {
      const { reason, carrierCode } = settlement;
      return { type: 'dial.rejected', data: { reason, carrierCode } };
    }
    case 'unknown':
      if (state.status === 'unknown') return undefined;
      return { type: 'dial.unknown', data: { why: settlement.why } };
    default:
      return assertNever(settlement);
  }
}

const progress = {
  initiated: { type: 'dial.accepted', status: 'accepted' },
  ringing: { type: 'dial.ringing', status: 'ringing' },
  answered: { type: 'dial.answered', status: 'answered' },
} as const;

/** Twice, late and out of order: only what raises the rank is a fact. */
function heard(state: DialState, news: DialNews): DialFact | undefined {
  if (!mayHaveLeg(state)) return undefined;
  switch (news.kind) {
    case 'initiated':
    case 'ringing':
    case 'answered': {
      const { type, status } = progress[news.kind];
      if (rankOf(status) <= rankOf(state.status)) return undefined;
      return { type, data: { carrierCallId: news.carrierCallId } };
    }
    case 'machine': {
      const { verdict } = news;
      if (state.verdict !== null && certainty[verdict] <= certainty[state.verdict]) {
        return undefined;
      }
      return { type: 'dial.machine-detected', data: { verdict } };
    }
    case 'ended': {
      const { reason, durationSeconds } = news;
      const outcome = outcomeOfEnd(reason, durationSeconds);
      const detail = news.detail.slice(0, 300);
      return { type: 'dial.closed', data: { outcome, reason, detail, durationSeconds } };
    }
    default:
      return assertNever(news);
  }
}

/** A later verdict replaces one that says less. */
const certainty: Readonly<Record<DialVerdict, number>> = {
  unknown: 0,
  silence: 1,
  human: 2,
  fax: 2,
  machine: 2,
  'machine-greeting-ended': 3,
  'machine-beep': 4,
};
