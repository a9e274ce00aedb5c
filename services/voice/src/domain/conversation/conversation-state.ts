import { firstState, type TurnState } from '../turn/turn-state.js';
import type { TurnEffect } from '../turn/turn-effect.js';
import type { TurnInput } from '../turn/turn-input.js';

/** A turn-taking whose hearing, thinking and speaking are done by one model at the vendor's. */
export interface ConversationState {
  readonly turn: TurnState;
  /** What the model was told to say and has not begun yet, by number, in that order. */
  readonly awaited: readonly number[];
  /** Replies that are being spoken, and the numbers the turn-taking knows them by. */
  readonly replies: readonly { readonly id: string; readonly number: number }[];
}

export const firstConversation: ConversationState = {
  turn: firstState,
  awaited: [],
  replies: [],
};

/** What only a model that speaks by itself can do. */
export type ModelInput =
  | { readonly type: 'caller-started' }
  | { readonly type: 'caller-stopped' }
  | { readonly type: 'caller-said'; readonly text: string }
  | { readonly type: 'model-started'; readonly replyId: string }
  /** The caller hears the first of it. */
  | { readonly type: 'model-sounds'; readonly replyId: string }
  /** All of it was heard; `text` is empty when there was nothing to hear. */
  | { readonly type: 'model-heard'; readonly replyId: string; readonly text: string }
  /** The answer to the effect `interrupt`. */
  | { readonly type: 'model-cut'; readonly replyId: string; readonly heardText: string }
  | {
      readonly type: 'model-asked-tool';
      readonly id: string;
      readonly name: string;
      readonly argumentsText: string;
    }
  | { readonly type: 'model-failed' }
  | { readonly type: 'session-back' }
  | { readonly type: 'session-lost' };

type Shared =
  | 'joined'
  | 'digit'
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
export type NotAsked =
  | 'think'
  | 'adopt'
  | 'abandon'
  | 'cut'
  | 'pause'
  | 'resume'
  | 'finalize-hearing';

export type ConversationEffect =
  | Exclude<TurnEffect, { readonly do: NotAsked }>
  /** What the model cannot have heard: keys pressed, news of a tool. It answers. */
  | { readonly do: 'tell'; readonly text: string }
  /** The session that was opened is ready; what was told before it did not arrive. */
  | { readonly do: 'use-session' }
  /** Silences the carrier at once, and tells the model how much was heard. */
  | { readonly do: 'interrupt'; readonly replyId: string }
  | {
      readonly do: 'name-reply';
      readonly replyId: string;
      readonly number: number;
      readonly kind: SpeechKind;
    };

type SpeechKind = Extract<TurnEffect, { readonly do: 'say' }>['kind'];

export type ConversationStep = readonly [ConversationState, readonly ConversationEffect[]];
