import type { CallParts } from '../call/call-parts.js';
import type { ProviderModel } from '../call/call-scribe.js';
import type { AudioFormat, ChatMessage, Conversation } from '../ports/index.js';

type Shared =
  | 'callId'
  | 'line'
  | 'rules'
  | 'config'
  | 'voice'
  | 'tools'
  | 'recording'
  | 'facts'
  | 'leg'
  | 'live'
  | 'log'
  | 'nowMs'
  | 'wallClock';

/** Everything one speech-to-speech call is made of. */
export interface ConversationParts extends Pick<CallParts, Shared> {
  /** A session with the vendor of this call. */
  readonly open: (history: readonly ChatMessage[], signal: AbortSignal) => Promise<Conversation>;
  /** What the model takes and gives; the line's own format where it can. */
  readonly hears: AudioFormat;
  readonly speaks: AudioFormat;
  readonly used: ProviderModel;
  /** Who goes on when the model cannot be reached early in a call; throws where there is nobody. */
  readonly cascaded: () => CallParts;
}
