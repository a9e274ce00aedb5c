import { firstState, type TurnState } from '../turn/turn-state.js';
import type { SpeechKind, TurnEffect } from '../turn/turn-effect.js';
import type { TurnInput } from '../turn/turn-input.js';

/** A turn-taking whose hearing and thinking are done by one model at the vendor's. */
export interface ConversationState {
  readonly turn: TurnState;
  /** Phrases the model was asked to say because our own voice could not, in that order. */
  readonly awaited: readonly number[];
  /** What the model is saying, and the numbers the turn-taking knows it by. */
  readonly replies: readonly { readonly id: string; readonly number: number }[];
  /** From here on somebody else goes on with the turn-taking. */
  readonly isHandedOver: boolean;
}

export const firstConversation: ConversationState = {
  turn: firstState,
  awaited: [],
  replies: [],
  isHandedOver: false,
};

/** What only a call with a model that speaks by itself knows. */
export type ModelInput =
  | { readonly type: 'caller-started' }
  | { readonly type: 'caller-stopped' }
  | { readonly type: 'caller-said'; readonly text: string }
  | { readonly type: 'model-started'; readonly replyId: string }
  /** All of it was heard; `text` is empty when there was nothing to hear. */
  | Extract<TurnInput, { readonly type: 'play-ended' }>
  /** The answer to the effects `interrupt` and `cut`. */
  | { readonly type: 'was-cut'; readonly utterance: number; readonly heardText: string }
  | {
      readonly type: 'model-asked-tool';
      readonly id: string;
      readonly name: string;
      readonly argumentsText: string;
    }
  | { readonly type: 'model-failed' }
  | { readonly type: 'phrase-failed'; readonly utterance: number }
  | { readonly type: 'session-back' }
  | { readonly type: 'session-lost' }
  /** The answer to the effect `hand-over`: there is nobody who could go on. */
  | { readonly type: 'nobody-else' };

type Shared =
  | 'joined'
  | 'digit'
  | 'play-started'
  | 'tool-returned'
  | 'tool-followed-up'
  | 'timer'
  | 'machine'
  | 'line-dropped'
  | 'line-rejoined'
  | 'transfer-done'
  | 'end-now'
  | 'end-politely';

export type ConversationInput = ModelInput | Extract<TurnInput, { readonly type: Shared }>;

/** The model does by itself what the others ask for. */
export type NotAsked = 'think' | 'adopt' | 'abandon' | 'pause' | 'resume' | 'finalize-hearing';

export type ConversationEffect =
  | Exclude<TurnEffect, { readonly do: NotAsked }>
  /** What the model cannot have heard: keys pressed, news of a tool. It answers. */
  | { readonly do: 'tell'; readonly text: string }
  /** What our voice said for the model, which has to know it and does not answer. */
  | { readonly do: 'remember'; readonly text: string }
  /** The model says it word for word, if it can be brought to that. */
  | { readonly do: 'ask-to-say'; readonly text: string }
  | { readonly do: 'note-deviation'; readonly kind: SpeechKind }
  /** The session that was opened is ready; what was told before it did not arrive. */
  | { readonly do: 'use-session' }
  /** Silences the carrier at once, and tells the model how much was heard. */
  | { readonly do: 'interrupt'; readonly replyId: string }
  | {
      readonly do: 'name-reply';
      readonly replyId: string;
      readonly number: number;
      readonly kind: SpeechKind;
    }
  /** The call goes on cascaded; answered by `nobody-else` where it cannot. */
  | { readonly do: 'hand-over' }
  /** For the log: the model is gone for good, and nobody takes its place. */
  | { readonly do: 'note-lost' };

export type ConversationStep = readonly [ConversationState, readonly ConversationEffect[]];
