import type { DialFact, DialOutcome, DialVerdict, EndReason } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';
import { outcomeOfEnd } from './dial-outcome.js';

type DataOf<Type extends DialFact['type']> = Extract<DialFact, { type: Type }>['data'];
export type DialOrder = DataOf<'dial.requested'>;

/** In the order of their ranks: a dial only ever moves to the right. */
export const dialStatuses = [
  'none',
  'requested',
  'attempting',
  'unknown',
  'accepted',
  'ringing',
  'answered',
  'over',
] as const;
export type DialStatus = (typeof dialStatuses)[number];

export interface DialState {
  readonly status: DialStatus;
  readonly order: DialOrder | undefined;
  readonly carrierCallId: string | null;
  readonly verdict: DialVerdict | null;
  readonly isErased: boolean;
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
  | { readonly do: 'erase'; readonly reason: string }
  | {
      readonly do: 'close';
      readonly outcome: DialOutcome;
      readonly reason: EndReason;
      readonly detail: string;
    };

export const dialDecider: Decider<DialState, DialCommand, DialFact> = {
  initialState: {
    status: 'none',
    order: undefined,
    carrierCallId: null,
    verdict: null,
    isErased: false,
  },

  decide(state, command) {
    if (state.status === 'none') throw new AppError('request.not-found');
    switch (command.do) {
      case 'attempt': {
        if (state.status !== 'requested') return undefined;
        return { type: 'dial.attempting', data: { pod: command.pod } };
      }
      case 'settle':
        return settled(state, command.settlement);
      case 'hear':
        return heard(state, command.news);
      case 'close': {
        if (state.status === 'over') return undefined;
        const { outcome, reason, detail } = command;
        return { type: 'dial.closed', data: { outcome, reason, detail, durationSeconds: null } };
      }
      case 'erase':
        return erased(state, command.reason);
      default:
        return assertNever(command);
    }
  },

  evolve(state, event) {
    const status = statusAfter[event.type] ?? state.status;
    switch (event.type) {
      case 'dial.requested':
        return { ...state, status, order: event.data };
      case 'dial.accepted':
      case 'dial.ringing':
      case 'dial.answered':
        return { ...state, status, carrierCallId: event.data.carrierCallId };
      case 'dial.machine-detected':
        return { ...state, verdict: event.data.verdict };
      case 'dial.erased':
        return { ...state, isErased: true };
      default:
        return { ...state, status };
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
  'dial.rejected': 'over',
  'dial.closed': 'over',
};

const rankOf = (status: DialStatus): number => dialStatuses.indexOf(status);

/** A leg may exist from the moment somebody was about to send the POST. */
export function mayHaveLeg(state: DialState): boolean {
  return rankOf(state.status) >= rankOf('attempting') && state.status !== 'over';
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
