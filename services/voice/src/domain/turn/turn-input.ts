import type { EndReason, EndSide, TransferOutcome, TransferReason } from '@trunkline/contracts';
import type { ToolCall } from '../chat.js';

/** What a tool brought back, as the model will read it. */
export interface ToolResult {
  readonly toolCall: string;
  readonly tool: string;
  readonly text: string;
  /** What the platform itself has to do now. */
  readonly action:
    | { readonly kind: 'hang-up' }
    | { readonly kind: 'transfer'; readonly name: string; readonly summary: string }
    | { readonly kind: 'send-dtmf'; readonly digits: string }
    | null;
}

export type MachineVerdict = 'human' | 'voicemail' | 'greeting-over' | 'fax' | 'unknown';

export type TimerName =
  | 'idle'
  | 'give-up-idle'
  | 'longest'
  | 'resume'
  | 'endpoint'
  | 'listening'
  | 'digits'
  | 'filler'
  | 'after-beep'
  | 'goodbye';

/** Everything that can happen in a call, in the order it happened. */
export type TurnInput =
  | { readonly type: 'joined' }
  /** The call goes on where a model that heard and spoke by itself has left it. */
  | { readonly type: 'taken-over' }
  // Hearing
  | { readonly type: 'speech-started' }
  /** Where a voice is listened for: nobody has spoken for so long by now. */
  | { readonly type: 'speech-stopped'; readonly silentMs: number }
  | { readonly type: 'partial'; readonly text: string }
  | { readonly type: 'eager-end'; readonly text: string }
  | { readonly type: 'turn-resumed' }
  | { readonly type: 'segment'; readonly text: string; readonly speechFinal: boolean }
  | { readonly type: 'turn-ended'; readonly text: string; readonly language: string | null }
  | { readonly type: 'utterance-lost' }
  | { readonly type: 'hearing-lost' }
  | { readonly type: 'hearing-back' }
  /** A voice on the line, at most twice a second, and only while nobody understands it. */
  | { readonly type: 'caller-sounds' }
  | { readonly type: 'hearing-gave-up' }
  | { readonly type: 'digit'; readonly digit: string }
  // Speaking
  | { readonly type: 'play-started'; readonly utterance: number }
  | { readonly type: 'play-ended'; readonly utterance: number; readonly text: string }
  /** The answer to the effect `pause`: what was heard of it so far. */
  | { readonly type: 'paused'; readonly utterance: number; readonly heardText: string }
  // Thinking
  /** Its first words are on their way to the voice. */
  | { readonly type: 'reply-speaks'; readonly reply: number }
  | { readonly type: 'reply-ended'; readonly reply: number }
  | {
      readonly type: 'reply-asked-tools';
      readonly reply: number;
      readonly text: string;
      readonly calls: readonly ToolCall[];
    }
  | { readonly type: 'reply-failed'; readonly reply: number; readonly stage: 'llm' | 'tts' }
  // Tools
  | { readonly type: 'tool-slow'; readonly toolCall: string }
  | { readonly type: 'tool-returned'; readonly result: ToolResult }
  | { readonly type: 'tool-followed-up'; readonly tool: string; readonly text: string }
  // The world
  | { readonly type: 'timer'; readonly timer: TimerName }
  | {
      readonly type: 'machine';
      readonly verdict: MachineVerdict;
      readonly by: 'carrier' | 'speech';
    }
  | { readonly type: 'line-dropped' }
  | { readonly type: 'line-rejoined' }
  /** It was connected, refused with a reason, or nobody knows. */
  | {
      readonly type: 'transfer-done';
      readonly outcome: TransferOutcome;
      readonly reason: TransferReason | null;
    }
  | { readonly type: 'end-now'; readonly reason: EndReason; readonly side: EndSide }
  | { readonly type: 'end-politely'; readonly reason: EndReason };
