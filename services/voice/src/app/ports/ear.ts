import type { Heard } from './speech-to-text.js';

/** What the ear of a call tells: what was heard, and how hearing itself is doing. */
export type EarNews =
  | Heard
  /** Where a voice is listened for: nobody has spoken for so long by now. */
  | { readonly type: 'speech-stopped'; readonly silentMs: number }
  /** Hearing broke; it is being mended, and what is said meanwhile is kept. */
  | { readonly type: 'trouble'; readonly provider: string; readonly code: string }
  | { readonly type: 'recovered'; readonly provider: string }
  /** Something was said that nobody will ever understand. */
  | { readonly type: 'lost-utterance' }
  /** Nobody is left who could hear. */
  | { readonly type: 'gave-up'; readonly code: string };

/** The hearing of one call, whoever the vendor is at the moment. */
export interface Ear {
  /** Never waits and never throws. */
  send(frame: Uint8Array): void;
  finalize(): void;
  readonly news: AsyncIterable<EarNews>;
  close(): void;
}
