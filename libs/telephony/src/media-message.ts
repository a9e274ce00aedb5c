import type { WireCodec } from './ports.js';

export interface StreamStart {
  readonly type: 'start';
  readonly streamId: string;
  readonly carrierCallId: string;
  readonly accountId: string | null;
  readonly codec: WireCodec;
  readonly rateHz: number;
  readonly parameters: Readonly<Record<string, string>>;
  /** Only where the carrier returns parameters; otherwise it is in the path. */
  readonly token: string | null;
}

export type MalformedReason =
  | 'too-long'
  | 'not-text'
  | 'not-json'
  | 'wrong-shape'
  | 'bad-base64'
  | 'bad-audio-length'
  | 'wrong-codec'
  | 'before-start'
  | 'second-start'
  | 'after-stop';

export type MediaMessage =
  | { readonly type: 'open' }
  | StreamStart
  | {
      readonly type: 'audio';
      readonly bytes: Uint8Array;
      /** As the carrier counts: since the start, or since 1970. */
      readonly timestampMs: number | null;
    }
  | { readonly type: 'dtmf'; readonly digit: string }
  | {
      readonly type: 'mark-played';
      readonly name: string;
      /** A `clear` was sent after the mark: its echo does not prove that it was heard. */
      readonly flushed: boolean;
    }
  | { readonly type: 'cleared' }
  | { readonly type: 'stop'; readonly reason: string | null }
  | { readonly type: 'ignored'; readonly what: string }
  | { readonly type: 'malformed'; readonly reason: MalformedReason };

export type Outbound =
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'clear' }
  | { readonly type: 'dtmf'; readonly digits: string }
  | { readonly type: 'stop' };
