import type { AudioFormat } from './audio-format.js';

/** Why the line is gone for good. */
export type LineEnd = 'hung-up' | 'lost' | 'refused' | 'closed-by-us';

export type LineEvent =
  | { readonly type: 'digit'; readonly digit: string }
  /** The socket dropped; the same leg may come back within 10 s. */
  | { readonly type: 'dropped' }
  | { readonly type: 'rejoined' }
  | { readonly type: 'ended'; readonly how: LineEnd };

/** What of an utterance has certainly been played to the caller. */
export type PlayEvent =
  /** Its first frame left. */
  | { readonly type: 'play-started'; readonly utterance: number }
  | { readonly type: 'played'; readonly utterance: number; readonly untilMs: number }
  /** All of it was played. */
  | { readonly type: 'play-ended'; readonly utterance: number };

/** The way to the caller's ear: paced, marked, and cut off at a word's notice. */
export interface Player {
  /** Sound of the current utterance, in the line's format; a frame of another one is dropped. */
  play(utterance: number, bytes: Uint8Array): void;
  /** No more sound of it will come. */
  finish(utterance: number): void;
  /**
   * Empties the carrier's buffer at once and holds the rest back. Answers how much of the current
   * utterance was heard for certain.
   */
  pause(): { readonly utterance: number; readonly heardMs: number } | null;
  /** Goes on with what was held back, from that moment of the utterance. */
  resume(fromMs: number): void;
  /** Forgets what was held back and whatever still comes of that utterance. */
  drop(): void;
  /** Undelivered sound of the current utterance. */
  readonly queuedMs: number;
}

/** One open telephone line or browser, whoever the carrier is. */
export interface Line {
  readonly format: AudioFormat;
  /** Of the carrier; `null` in a browser. */
  readonly carrierCallId: string | null;
  /** Called for every 20 ms heard; one listener per use, a frame is valid during the call only. */
  onFrame(listener: (frame: Uint8Array) => void): void;
  /** Called for every 20 ms that left for the caller. */
  onSent(listener: (frame: Uint8Array) => void): void;
  readonly events: AsyncIterable<LineEvent | PlayEvent>;
  readonly player: Player;
  /** Digits to the other side: by the wire where it can, else as tones. */
  sendDigits(digits: string): void;
  /** Closes the socket; the leg itself is hung up over REST by whoever ends the call. */
  close(): void;
}
