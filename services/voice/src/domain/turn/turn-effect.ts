import type { EndReason, EndSide } from '@trunkline/contracts';
import type { ToolCall } from '../chat.js';
import type { TimerName } from './turn-input.js';

export type SpeechKind =
  | 'first'
  | 'reply'
  | 'filler'
  | 'idle'
  | 'consent'
  | 'trouble'
  | 'goodbye'
  | 'message';

/** Everything the pure rules may ask for. The page that performs them decides nothing. */
export type TurnEffect =
  /** Asks the model. An eager one runs no tool and stays silent until it is adopted. */
  | {
      readonly do: 'think';
      readonly reply: number;
      readonly eager: boolean;
      /** After three completed turns nobody else may take over (row O18). */
      readonly keepVendor: boolean;
    }
  | { readonly do: 'adopt'; readonly reply: number }
  /** Stops the model and the voice of a reply; what they still send is dropped. */
  | { readonly do: 'abandon'; readonly reply: number }
  | {
      readonly do: 'say';
      readonly utterance: number;
      readonly kind: SpeechKind;
      readonly text: string;
    }
  /** Silences the carrier at once and keeps the rest; answered by the input `paused`. */
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** Ends the utterance that was paused, or whatever is being spoken. */
  | { readonly do: 'cut'; readonly utterance: number }
  | { readonly do: 'run-tools'; readonly calls: readonly ToolCall[] }
  /** The caller stays on the line; answered by the input `transfer-done`, always and once. */
  | { readonly do: 'transfer'; readonly name: string; readonly summary: string }
  /** Nobody waits for it any more. */
  | { readonly do: 'withdraw-transfer' }
  | { readonly do: 'send-digits'; readonly digits: string }
  | { readonly do: 'switch-language'; readonly language: string }
  | { readonly do: 'record'; readonly on: boolean }
  | { readonly do: 'set-timer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly do: 'stop-timer'; readonly timer: TimerName }
  /** For the log: the caller's turn is complete. */
  | {
      readonly do: 'note-user-turn';
      readonly text: string;
      readonly language: string | null;
      readonly interrupted: boolean;
      readonly digits: string | null;
    }
  | {
      readonly do: 'note-consent';
      readonly given: boolean;
      readonly how: 'said' | 'keyed' | 'silent';
    }
  | {
      readonly do: 'note-machine';
      readonly verdict: 'human' | 'voicemail' | 'ivr' | 'screening' | 'fax' | 'unknown';
      readonly by: 'carrier' | 'speech';
    }
  | { readonly do: 'finalize-hearing' }
  | { readonly do: 'end'; readonly reason: EndReason; readonly side: EndSide };
