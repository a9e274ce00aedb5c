import type { ChatMessage, ToolCall } from '../../domain/chat.js';
import type { SpeechTokens } from '../../domain/cost.js';
import type { ProviderAccess } from './provider.js';

export type { ChatMessage, SpeechTokens, ToolCall };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON schema of type object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ReplyOrder {
  readonly access: ProviderAccess;
  readonly model: string;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of a model that hears and speaks: the same tokens, by what they cost. */
  readonly speech?: SpeechTokens;
}

export type ReplyPart =
  | { readonly type: 'text'; readonly text: string }
  /** The model has begun to ask for a tool: it is alive, though there is nothing to say yet. */
  | { readonly type: 'tool-call-started'; readonly id: string; readonly name: string }
  | ({ readonly type: 'tool-call' } & ToolCall)
  | ({ readonly type: 'usage' } & Usage)
  | { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'tool-calls' | 'filtered' };

export abstract class LanguageModel {
  abstract readonly provider: string;
  /** Lazy: asks when it is read, stops at the source when the signal aborts or the reader leaves. */
  abstract reply(order: ReplyOrder, signal: AbortSignal): AsyncIterable<ReplyPart>;
  /** A call begins that lasts until the signal aborts: it finds a connection open. */
  abstract warm(access: ProviderAccess, signal: AbortSignal): Promise<void>;
}
