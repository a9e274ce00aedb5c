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

export type Heard =
  | { readonly type: 'speech-started' }
  /** What has been understood of this turn so far; replaces the previous one. */
  | { readonly type: 'partial'; readonly text: string }
  /** The turn is probably over; nothing may be spoken yet. */
  | { readonly type: 'eager-end'; readonly text: string; readonly confidence: number }
  /** It was not over. */
  | { readonly type: 'turn-resumed' }
  /** Final words; a model that does not end turns leaves it to VAD and a delay. */
  | {
      readonly type: 'segment';
      readonly text: string;
      readonly words: readonly Word[];
      readonly speechFinal: boolean;
    }
  /** The model says that the turn is over: its whole text. */
  | {
      readonly type: 'turn-ended';
      readonly text: string;
      readonly words: readonly Word[];
      readonly confidence: number;
      readonly language: string | null;
    };

/** One open session with the vendor, for one call. */
export interface Listening {
  /** Never waits and never throws; what does not fit is dropped, oldest first. */
  send(frame: Uint8Array): void;
  /** Asks for the final words of what was sent, where the vendor knows how. */
  finalize(): void;
  /** Ends when closed by us; throws when it broke. */
  readonly heard: AsyncIterable<Heard>;
  close(): void;
}

export abstract class SpeechToText {
  abstract readonly provider: string;
  abstract accepts(format: AudioFormat): boolean;
  /** Resolves once audio may be sent. */
  abstract open(order: ListeningOrder, signal: AbortSignal): Promise<Listening>;
}
