import type { AudioFormat } from './audio-format.js';
import type { ChatMessage, ToolCall, ToolSpec, Usage } from './language-model.js';
import type { ProviderAccess } from './provider.js';

export interface ConversationOrder {
  readonly access: ProviderAccess;
  readonly model: string;
  readonly voice: string;
  readonly instructions: string;
  readonly language: string;
  readonly temperature: number;
  readonly tools: readonly ToolSpec[];
  /** What was said before, when a session is opened again. */
  readonly history: readonly ChatMessage[];
  readonly hears: AudioFormat;
  readonly speaks: AudioFormat;
}

export type ConversationEvent =
  | { readonly type: 'caller-started' }
  | { readonly type: 'caller-stopped' }
  | { readonly type: 'caller-said'; readonly text: string; readonly final: boolean }
  | { readonly type: 'reply-started'; readonly replyId: string }
  | { readonly type: 'audio'; readonly replyId: string; readonly bytes: Uint8Array }
  | { readonly type: 'agent-said'; readonly replyId: string; readonly text: string }
  | ({ readonly type: 'tool-call'; readonly replyId: string } & ToolCall)
  | {
      readonly type: 'reply-ended';
      readonly replyId: string;
      readonly reason: 'done' | 'interrupted' | 'failed';
      readonly usage: Usage | null;
    }
  /** What was used outside of any reply: by the writing down of the caller's words. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly model: string | null };

/** A model that hears and speaks by itself; we stay the line, the log and the judge of time. */
export interface Conversation {
  send(frame: Uint8Array): void;
  /** Makes the model speak. */
  prompt(instructions: string): void;
  /** What was said to the caller in its name; it answers nothing. */
  remember(text: string): void;
  /** The caller interrupted after so much of the reply had been played. */
  interrupt(replyId: string, heardMs: number): void;
  toolReturned(callId: string, text: string): void;
  readonly events: AsyncIterable<ConversationEvent>;
  close(): void;
}

export abstract class SpeechToSpeech {
  abstract readonly provider: string;
  abstract hears(format: AudioFormat): boolean;
  abstract speaks(format: AudioFormat): boolean;
  abstract open(order: ConversationOrder, signal: AbortSignal): Promise<Conversation>;
}
