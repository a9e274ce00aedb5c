import type { AudioFormat, Word } from './audio-format.js';
import type { ProviderAccess } from './provider.js';

export interface SpeakingOrder {
  readonly access: ProviderAccess;
  readonly model: string;
  readonly voice: string;
  readonly language: string;
  readonly speed: number;
  readonly format: AudioFormat;
}

export type Spoken =
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  /** Times since the first byte of this speaking. */
  | { readonly type: 'words'; readonly words: readonly Word[] };

/** One utterance being spoken: text goes in as it is thought, sound comes out. */
export interface Speaking {
  /**
   * Waits while more than 30 s of sound are undelivered. Does not throw: whatever broke is
   * thrown by `spoken`, once.
   */
  say(text: string): Promise<void>;
  /** Speaks what was said so far without waiting for more. */
  flush(): void;
  /** No more text comes. */
  end(): void;
  /** Stops the vendor at once; `spoken` ends. */
  cancel(): void;
  /**
   * Ends after the last sound, or when cancelled; throws when it broke, after all that came
   * before. Read once; a reader who leaves early cancels.
   */
  readonly spoken: AsyncIterable<Spoken>;
}

export abstract class TextToSpeech {
  abstract readonly provider: string;
  abstract accepts(format: AudioFormat): boolean;
  /**
   * Resolves as soon as text may be said; takes a warm connection where there is one. The
   * signal cancels the utterance as well.
   */
  abstract open(order: SpeakingOrder, signal: AbortSignal): Promise<Speaking>;
  /** Opens a connection ahead of need. */
  abstract warm(access: ProviderAccess, signal: AbortSignal): Promise<void>;
}
