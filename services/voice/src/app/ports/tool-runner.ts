import type { ToolCall } from '../../domain/chat.js';
import type { ToolResult } from '../../domain/turn/turn-input.js';
import type { ToolSpec } from './language-model.js';

export interface ToolOutcome {
  readonly result: ToolResult;
  readonly outcome: 'done' | 'failed' | 'timeout' | 'refused' | 'acknowledged';
  readonly tookMs: number;
  /** Of a search in the agent's knowledge. */
  readonly retrieval?: { readonly query: string; readonly documents: readonly string[] };
  /** Of a tool that marks what came of the call. */
  readonly disposition?: { readonly name: string; readonly note: string };
}

export interface ToolHooks {
  /** It takes long enough for the caller to wonder. */
  readonly onSlow: () => void;
  /** An acknowledged tool has come back after all. */
  readonly onFollowUp: (text: string) => void;
  /** Nobody waits for a result any more. */
  readonly signal: AbortSignal;
}

/** The tools that one call's agent version allows; anything else is refused. */
export interface ToolRunner {
  readonly specs: readonly ToolSpec[];
  /** Never rejects; an interruption does not stop what was sent. */
  run(call: ToolCall, hooks: ToolHooks): Promise<ToolOutcome>;
}
