import type { StoredSound } from '../../app/recording/ports.js';
import type { SpoolHeader } from '../../app/recording/spool-header.js';

/** What the two threads say to each other; `press` numbers a recording, `read` a piece of it. */
export type ToPress =
  | {
      readonly type: 'press';
      readonly press: number;
      readonly header: SpoolHeader;
      readonly ticks: number;
    }
  | { readonly type: 'stop'; readonly press: number }
  | { readonly type: 'records'; readonly read: number; readonly bytes: Uint8Array }
  | { readonly type: 'unreadable'; readonly read: number; readonly error: CarriedError };

export type FromPress =
  | {
      readonly type: 'read';
      readonly press: number;
      readonly read: number;
      readonly fromTick: number;
      readonly ticks: number;
    }
  | { readonly type: 'stored'; readonly press: number; readonly stored: StoredSound }
  | { readonly type: 'failed'; readonly press: number; readonly error: CarriedError };

/** An error leaves its class behind when it crosses to another thread. */
export interface CarriedError {
  readonly code: string;
  readonly retryable: boolean;
  readonly message: string;
}
