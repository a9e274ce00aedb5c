import type { Admission, Carrier, WebhookNotice } from '@trunkline/contracts';
import type {
  CallOrder,
  CallSearch,
  CommandOutcome,
  CreateOutcome,
  DialOrder,
  FindOutcome,
  StreamOrder,
  TelnyxCommand,
  MoveOrder,
  HearOrder,
} from '@trunkline/telephony';

/** A carrier account with its secret, open for as long as one piece of work takes. */
export interface OpenLine {
  readonly carrier: Carrier;
  readonly carrierAccount: string;
  /** As the carrier names it; of Telnyx the connection. */
  readonly accountId: string;
  readonly secret: string;
}

/** What somebody is told, who may then press a key. */
export type Briefing = Pick<HearOrder, 'text' | 'language'>;

/** `not-sent`: nobody was reached, so there is certainly no call. */
export type DialReply = CreateOutcome | { readonly kind: 'not-sent' };

/** The carriers' REST. Nothing is ever sent twice by itself; nothing rejects. */
export abstract class Lines {
  abstract dial(line: OpenLine, order: CallOrder): Promise<DialReply>;
  /** What became of a dial that nobody answered; asks, and changes nothing. */
  abstract find(line: OpenLine, search: CallSearch): Promise<FindOutcome>;
  abstract hangUp(line: OpenLine, carrierCallId: string): Promise<CommandOutcome>;
  /** For carriers whose documents have no word for it. */
  abstract limit(line: OpenLine, carrierCallId: string, seconds: number): Promise<CommandOutcome>;
  /** From whatever a leg does to another one. */
  abstract move(line: OpenLine, order: MoveOrder): Promise<CommandOutcome>;
  /** Telnyx: what other carriers read from a document. */
  abstract answer(line: OpenLine, command: TelnyxCommand): Promise<CommandOutcome>;
  abstract speak(
    line: OpenLine,
    command: TelnyxCommand,
    spoken: { readonly text: string; readonly language: string },
  ): Promise<CommandOutcome>;
  abstract reject(line: OpenLine, command: TelnyxCommand): Promise<CommandOutcome>;
  abstract forward(
    line: OpenLine,
    command: TelnyxCommand,
    order: DialOrder,
  ): Promise<CommandOutcome>;
  abstract hear(line: OpenLine, command: TelnyxCommand, of: Briefing): Promise<CommandOutcome>;
  abstract stream(
    line: OpenLine,
    command: TelnyxCommand,
    order: StreamOrder,
  ): Promise<CommandOutcome>;
}

export interface CallOnPod {
  readonly pod: string;
  readonly tenant: string;
  readonly callId: string;
}

/** The doors of single voice pods. */
export abstract class VoicePods {
  /** A fresh stream token for the place it keeps; rejects with `voice.no-room`. */
  abstract admit(call: CallOnPod): Promise<Admission>;
  /** Gives a place back that nobody will come for. Best effort: it lapses by itself. */
  abstract giveBack(call: CallOnPod): Promise<void>;
}

/** Tells the live call what only we have heard. Lossy. */
export abstract class LiveCalls {
  abstract machine(call: {
    readonly tenant: string;
    readonly callId: string;
    readonly verdict: string;
  }): void;
}

/** What has been standing still for a while, whoever's it is. */
export abstract class OpenDials {
  abstract openSince(beforeMs: number): AsyncIterable<DialKey>;
}

export interface DialsBetween {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Which dials of a tenant may have been between two numbers at a time. */
export abstract class DialBook {
  /** May name some that were not; the log says. */
  abstract mayBeBetween(of: DialsBetween): Promise<readonly string[]>;
}

export interface DialKey {
  readonly tenant: string;
  readonly callId: string;
}

export type Notice = WebhookNotice;
