import { AppError } from '@trunkline/kernel';

export interface CarrierAccount {
  /** The operator's setting, e.g. the sandbox or a region; without a slash at its end. */
  readonly baseUrl: string;
  /** The carrier's id of the account; with Telnyx the id of the connection that calls go out by. */
  readonly accountId: string;
  /** Auth token or API key. */
  readonly secret: string;
}

export interface CallOrder {
  /** E.164, with its plus. */
  readonly to: string;
  readonly from: string;
  /** Ours; makes a second POST harmless where the carrier knows idempotency. */
  readonly commandId: string;
  /** Is asked for the answer document; with Telnyx it gets the events instead. */
  readonly answerUrl: string;
  readonly statusUrl: string;
  readonly ringSeconds: number;
  readonly timeLimitSeconds: number;
  readonly machineDetection?: {
    /** `greeting-end` waits until a message can be left. */
    readonly mode: 'detect' | 'greeting-end';
    readonly resultUrl: string;
  };
}

export interface DigitsOrder {
  readonly carrierCallId: string;
  readonly digits: string;
  readonly commandId: string;
}

export interface MoveOrder {
  readonly carrierCallId: string;
  readonly commandId: string;
  /** The leg it is joined with, where a carrier joins legs by command. */
  readonly otherCarrierCallId: string;
  /** Answers `AnswerDocument.meet`, where a carrier asks instead. */
  readonly documentUrl: string;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came back, or that nothing did within the deadline. */
export type CarrierReply =
  | { readonly status: number; readonly body: string; readonly retryAfter?: string }
  | 'timeout';

export type RejectReason =
  | 'credential'
  | 'payment'
  | 'permission'
  | 'rate'
  | 'destination'
  | 'not-found'
  | 'request';

export type CreateOutcome =
  | { readonly kind: 'accepted'; readonly carrierCallId: string }
  | {
      readonly kind: 'rejected';
      /** No call came of it. */
      readonly definite: true;
      readonly reason: RejectReason;
      readonly carrierCode: string | null;
      readonly retryAfterMs: number | null;
    }
  /** There may be a call: never dial again before a callback or a listing has settled it. */
  | { readonly kind: 'unknown' };

export type CommandOutcome =
  /** `gone`: the call is over, which for a hang-up is as good. */
  | { readonly kind: 'done' | 'gone' }
  | {
      readonly kind: 'rejected';
      readonly reason: RejectReason;
      readonly carrierCode: string | null;
    }
  | { readonly kind: 'unknown' };

/** A call that may or may not have been created. */
export interface CallSearch {
  readonly to: string;
  readonly from: string;
  /** What `CallOrder.commandId` was. */
  readonly commandId: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export type FindOutcome =
  | {
      readonly kind: 'found';
      readonly carrierCallId: string;
      /**
       * `command-id`: the carrier gave back what we gave it. `numbers`: the only call between these
       * numbers at that time, which is ours unless somebody else made one.
       */
      readonly by: 'command-id' | 'numbers';
    }
  /** No such call is listed; one that is over may not be any more. */
  | { readonly kind: 'none' }
  /** No answer, or more than one call that it could be. */
  | { readonly kind: 'unclear' };

/** Sends one request that changes nothing. */
export type AskCarrier = (call: HttpCall) => Promise<CarrierReply>;

/** Digits only: a separator in a number would make some carriers dial several. */
export function bareNumber(number: string): string {
  if (!/^\+[1-9]\d{6,14}$/.test(number)) throw new AppError('request.invalid');
  return number.slice(1);
}

export function checkDigits(digits: string): string {
  if (!/^[0-9A-D*#wW]{1,64}$/.test(digits)) throw new AppError('request.invalid');
  return digits;
}
