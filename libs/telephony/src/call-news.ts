import type { EndCause } from './end-cause.js';

export type Direction = 'inbound' | 'outbound';

export type MachineVerdict =
  | 'human'
  | 'machine'
  /** The greeting is over: a message may be left. */
  | 'machine-greeting-ended'
  | 'machine-beep'
  | 'fax'
  | 'silence'
  | 'unknown';

interface AboutCall {
  readonly carrierCallId: string;
  /** The account as the body names it, where it does. */
  readonly accountId: string | null;
  /** Equal for every delivery of the same event. */
  readonly eventKey: string;
  /** What we gave when we created the call, where the carrier returns it. */
  readonly clientState: string | null;
}

interface Parties {
  readonly direction: Direction | null;
  readonly from: string | null;
  readonly to: string | null;
}

export type CallNews =
  | ({ readonly kind: 'initiated' | 'ringing' } & AboutCall & Parties)
  | ({ readonly kind: 'answered'; readonly machine: MachineVerdict | null } & AboutCall & Parties)
  | ({ readonly kind: 'machine'; readonly verdict: MachineVerdict } & AboutCall)
  | ({
      readonly kind: 'ended';
      readonly cause: EndCause;
      /** The carrier's own words, for the log. */
      readonly detail: string;
      readonly durationSeconds: number | null;
    } & AboutCall)
  | ({ readonly kind: 'dtmf'; readonly digits: string } & AboutCall)
  /** What came of asking for keys by command; '' is nothing. */
  | ({ readonly kind: 'keys'; readonly digits: string } & AboutCall)
  /** Joined with another leg, where a carrier tells. */
  | ({ readonly kind: 'bridged' } & AboutCall)
  | ({ readonly kind: 'stream'; readonly state: 'started' | 'stopped' | 'failed' } & AboutCall)
  /** What the carrier was told to speak has been spoken. */
  | ({ readonly kind: 'spoken' } & AboutCall)
  | { readonly kind: 'ignored'; readonly what: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const ranks: Readonly<Partial<Record<CallNews['kind'], number>>> = {
  initiated: 1,
  ringing: 2,
  answered: 3,
  ended: 4,
};

/** Webhooks come late, twice and out of order: only a higher rank changes the state of a call. */
export function rankOf(kind: CallNews['kind']): number {
  return ranks[kind] ?? 0;
}
