export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it: JSON, or not. */
  readonly argumentsText: string;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly toolCalls?: readonly ToolCall[];
    }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string };
