import type { Frame } from '../../phone/frames.js';

/** What the platform said over the socket. */
export type FromPlatform =
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'clear' }
  | { readonly type: 'dtmf'; readonly digits: string }
  | { readonly type: 'stop' }
  | { readonly type: 'bad'; readonly why: string };

/** One audio socket in a carrier's own words; counts what its messages have to count. */
export interface Wire {
  /** Sent when the socket is open, and on answer where the socket may be open before. */
  connected(): string | undefined;
  start(): string;
  audio(frame: Frame): string;
  dtmf(digit: string): string;
  markPlayed(name: string): string;
  /** `pending`: marks whose audio was thrown away. */
  cleared(pending: readonly string[]): readonly string[];
  stop(): string | undefined;
  read(text: string): FromPlatform;
  /** What the carrier answers to something it could not use. */
  complain(why: string): string | undefined;
}

/** What the answer asked for, as far as sockets need it. */
export interface StreamOrder {
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly statusUrl?: string;
  readonly contentType?: string;
  readonly maxRetries?: number;
}

type Json = Readonly<Record<string, unknown>>;

export function readObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Json)[name] : undefined;
}

/** Raw µ-law of at least one sample; anything else is what a carrier would not play. */
export function readPayload(payload: unknown): FromPlatform {
  if (typeof payload !== 'string' || payload === '') return { type: 'bad', why: 'no payload' };
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(payload) || payload.length % 4 !== 0) {
    return { type: 'bad', why: 'payload is not base64' };
  }
  return { type: 'audio', bytes: Buffer.from(payload, 'base64') };
}

export function readName(name: unknown): FromPlatform {
  return typeof name === 'string' && name !== ''
    ? { type: 'mark', name }
    : { type: 'bad', why: 'mark without a name' };
}
