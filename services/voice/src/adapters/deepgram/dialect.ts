import type { AppError } from '@trunkline/kernel';
import { z } from 'zod';
import type { Heard, ListeningOrder } from '../../app/ports/index.js';

/** Where a session's vendor clock stands against the line: see InsertedSilence. */
export type ToLineMs = (vendorMs: number) => number;

/** What one message of the vendor comes to. */
export type Reading = readonly Heard[] | AppError;

/** Reads one session's messages; keeps what it needs to know of the earlier ones. */
export interface MessageReader {
  read(text: string): Reading;
}

/** How the two APIs behind one key differ: Flux ends turns by itself, Nova does not. */
export interface Dialect {
  readonly path: string;
  query(order: ListeningOrder): URLSearchParams;
  reader(toLineMs: ToLineMs): MessageReader;
  /** Asks for the final words of what was sent. */
  readonly finalize: string;
  /** Keeps a session open while the line sends nothing; `null`: only sound does, so silence. */
  readonly keepAlive: string | null;
}

export const vendorEncodings = { mulaw: 'mulaw', alaw: 'alaw', pcm16le: 'linear16' } as const;

export function commonQuery(order: ListeningOrder): URLSearchParams {
  return new URLSearchParams({
    model: order.model,
    encoding: vendorEncodings[order.format.encoding],
    sample_rate: String(order.format.rateHz),
    tag: order.callId,
  });
}

export const seconds = (value: number): number => Math.round(value * 1000);

export function meanConfidence(words: readonly { readonly confidence: number }[]): number | null {
  if (words.length === 0) return null;
  return words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
}

/** What every message has. */
export const typed = z.looseObject({ type: z.string() });
