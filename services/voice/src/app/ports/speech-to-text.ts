import type { AgentConfig } from '@trunkline/contracts';
import type { AudioFormat, Word } from './audio-format.js';
import type { ProviderAccess } from './provider.js';

export interface ListeningOrder {
  readonly access: ProviderAccess;
  readonly model: string;
  readonly language: string;
  /** Frames arrive in it; whoever cannot take it says so by `accepts`. */
  readonly format: AudioFormat;
  readonly endpointing: AgentConfig['endpointing'];
  /** Names and words worth knowing beforehand. */
  readonly keyterms: readonly string[];
  /** For tags at the vendor and for traces. */
  readonly callId: string;
}

/** Row E7: what was understood, how surely, and what else it may have been. */
export interface Transcript {
  readonly text: string;
  /** 0..1, of the words. */
  readonly confidence: number;
  /** Best first; the first is the transcript itself. Empty where the vendor knows no others. */
  readonly alternatives: readonly { readonly text: string; readonly confidence: number }[];
  /** May be empty although there is text. */
  readonly words: readonly Word[];
}

export type Heard =
  | { readonly type: 'speech-started' }
  /** What has been understood since the last segment or turn; replaces the previous one. */
  | { readonly type: 'partial'; readonly text: string }
  /** The turn is probably over; nothing may be spoken yet. */
  | { readonly type: 'eager-end'; readonly text: string; readonly confidence: number }
  /** It was not over. */
  | { readonly type: 'turn-resumed' }
  /**
   * Final words; a model that does not end turns leaves it to VAD and a delay. Without words
   * it says only that speech is over.
   */
  | ({
      readonly type: 'segment';
      /** Up to here of the line's sound nothing will change any more. */
      readonly untilMs: number;
      readonly speechFinal: boolean;
    } & Transcript)
  /** The model says that the turn is over: its whole text, which may be none. */
  | ({
      readonly type: 'turn-ended';
      readonly untilMs: number;
      readonly language: string | null;
    } & Transcript);

/** One open session with the vendor, for one call. */
export interface Listening {
  /**
   * Never waits, never throws and keeps nothing of the frame. A vendor that stops reading
   * breaks the session: whoever holds the sound sends it again to the next one.
   */
  send(frame: Uint8Array): void;
  /** Asks for the final words of what was sent, where the vendor knows how. */
  finalize(): void;
  /** Ends when closed by us; throws when it broke. Read once. */
  readonly heard: AsyncIterable<Heard>;
  /** When the vendor last said anything at all, by the monotonic clock. */
  readonly lastMessageAtMs: number;
  close(): void;
}

export abstract class SpeechToText {
  abstract readonly provider: string;
  abstract accepts(format: AudioFormat): boolean;
  /** Resolves once audio may be sent. The signal closes the session as well. */
  abstract open(order: ListeningOrder, signal: AbortSignal): Promise<Listening>;
}
