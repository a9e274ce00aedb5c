import type { Heard, SpeechToText, ListeningOrder } from '../ports/index.js';

/** One way to hear a call: the agent's own first, its fallbacks after it. */
export interface HearingChoice {
  readonly speechToText: SpeechToText;
  readonly order: ListeningOrder;
}

/** Times and words are the line's, whoever heard them. */
export type HearingNews =
  | Heard
  /** Nobody hears the caller for now; the last seconds are kept and will be heard again. */
  | { readonly type: 'trouble'; readonly provider: string; readonly code: string }
  | {
      readonly type: 'recovered';
      readonly provider: string;
      readonly model: string;
      readonly deafMs: number;
      readonly replayedMs: number;
    }
  /** Something the caller said is gone for good: ask for it again. */
  | { readonly type: 'lost-utterance' }
  /** Nothing hears any more: the last event. */
  | { readonly type: 'gave-up'; readonly code: string };
