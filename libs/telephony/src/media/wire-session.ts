import type { MalformedReason, MediaMessage, Outbound, StreamStart } from '../media-message.js';
import { MediaSession, type MediaTraits, type WireCodec } from '../ports.js';
import { isJsonObject, readJson, type JsonObject } from '../read-json.js';
import { bodyText } from '../signing/form.js';
import { readBase64 } from './base64.js';
import { SentMarks } from './sent-marks.js';

/** A second of 16 kHz PCM in base64 is 43 kB; carriers send a hundredth of it. */
const maxMessageChars = 64 * 1024;

export const malformed = (reason: MalformedReason): MediaMessage => ({ type: 'malformed', reason });
export const ignored = (what: string): MediaMessage => ({
  type: 'ignored',
  what: what.slice(0, 64),
});

/** The rules that all wires share; a carrier says how its messages read and are written. */
export abstract class WireSession extends MediaSession {
  readonly #marks = new SentMarks();
  #start: StreamStart | undefined;
  #hasStopped = false;

  constructor(protected readonly traits: MediaTraits) {
    super();
  }

  protected abstract read(message: JsonObject): MediaMessage;
  protected abstract write(message: Outbound, start: StreamStart): string | null;

  decode(data: string | Uint8Array): readonly MediaMessage[] {
    if (data.length > maxMessageChars) return [malformed('too-long')];
    const text = typeof data === 'string' ? data : bodyText(data);
    const json = readJson(text);
    if (json === undefined) return [malformed('not-json')];
    return this.accept(isJsonObject(json) ? this.read(json) : malformed('wrong-shape'));
  }

  encode(message: Outbound): string | null {
    if (this.#start === undefined) throw new Error('encode before start');
    if (message.type === 'mark') this.#marks.sent(message.name);
    if (message.type === 'clear') this.#marks.clear();
    return this.write(message, this.#start);
  }

  protected get hasStarted(): boolean {
    return this.#start !== undefined;
  }

  /** Holds each message against what came before it. */
  protected accept(message: MediaMessage): readonly MediaMessage[] {
    if (message.type === 'malformed' || message.type === 'ignored') return [message];
    if (this.#hasStopped) return [malformed('after-stop')];
    if (message.type === 'start') return [this.#begin(message)];
    if (message.type === 'open') return [message];
    if (this.#start === undefined) return [malformed('before-start')];
    if (message.type === 'stop') this.#hasStopped = true;
    if (message.type !== 'mark-played') return [message];
    return [{ ...message, flushed: this.#marks.echoed(message.name) }];
  }

  protected readAudio(payload: unknown, timestampMs: number | null): MediaMessage {
    const bytes = readBase64(payload);
    if (bytes === undefined) return malformed('bad-base64');
    const isWhole = this.traits.codec !== 'pcm16le' || bytes.length % 2 === 0;
    if (bytes.length === 0 || !isWhole) return malformed('bad-audio-length');
    return { type: 'audio', bytes, timestampMs };
  }

  #begin(start: StreamStart): MediaMessage {
    if (this.#start !== undefined) return malformed('second-start');
    if (start.codec !== this.traits.codec || start.rateHz !== this.traits.rateHz) {
      return malformed('wrong-codec');
    }
    this.#start = start;
    return start;
  }
}

const encodings: Readonly<Record<string, WireCodec>> = {
  'audio/x-mulaw': 'mulaw',
  'audio/x-alaw': 'alaw',
  'audio/x-l16': 'pcm16le',
  pcmu: 'mulaw',
  pcma: 'alaw',
  l16: 'pcm16le',
};

/** An encoding that no carrier of ours offers is not any of the codecs we can declare. */
export function readEncoding(encoding: string): WireCodec | undefined {
  const name = encoding.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(encodings, name) ? encodings[name] : undefined;
}

export function readDigit(digit: unknown): MediaMessage {
  const isDigit = typeof digit === 'string' && /^[0-9A-Da-d*#]$/.test(digit);
  return isDigit ? { type: 'dtmf', digit: digit.toUpperCase() } : malformed('wrong-shape');
}

export function readMark(name: unknown): MediaMessage {
  if (typeof name !== 'string' || name === '' || name.length > 256) return malformed('wrong-shape');
  return { type: 'mark-played', name, flushed: false };
}

/** Parameters with the token taken out, so that the rest may be logged. */
export function takeToken(parameters: unknown): Pick<StreamStart, 'parameters' | 'token'> {
  const entries = isJsonObject(parameters) ? Object.entries(parameters).slice(0, 50) : [];
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const token = texts.find(([name]) => name === 'token')?.[1] ?? null;
  return { parameters: Object.fromEntries(texts.filter(([name]) => name !== 'token')), token };
}
