import { z } from 'zod';
import type { MediaMessage, Outbound, StreamStart } from '../media-message.js';
import { writeBase64 } from '../media/base64.js';
import {
  ignored,
  malformed,
  readDigit,
  readMark,
  takeToken,
  WireSession,
} from '../media/wire-session.js';
import { MediaCodec, type MediaTraits } from '../ports.js';
import { readCount, type JsonObject } from '../read-json.js';

/** The one format of the generic socket: 16 kHz, 16 bit, little-endian, one channel. */
const format = 'pcm_16k';
const bytesPerMs = 32;

const genericTraits: MediaTraits = {
  codec: 'pcm16le',
  rateHz: 16_000,
  hasStop: true,
  markEcho: 'always',
  clearEcho: true,
  tokenIn: 'subprotocol',
  digitsOut: 'wire',
};

const sessionMessage = z.object({
  session_id: z.string().min(1).max(128),
  parameters: z.unknown().optional(),
});

/** Browsers and everybody's own clients: frames `{type, session_id, timestamp, sequence, data, format}`. */
export class GenericMedia extends MediaCodec {
  readonly traits = genericTraits;

  open(): GenericSession {
    return new GenericSession(this.traits);
  }
}

class GenericSession extends WireSession {
  #sessionId: string | undefined;
  #sequence = 0;
  #sentBytes = 0;

  /** Binary messages are bare PCM, which spares browsers the base64; text is JSON. */
  override decode(data: string | Uint8Array): readonly MediaMessage[] {
    if (typeof data === 'string') return super.decode(data);
    if (data.length === 0 || data.length % 2 !== 0) return [malformed('bad-audio-length')];
    if (data.length > 64 * 1024) return [malformed('too-long')];
    return this.accept({ type: 'audio', bytes: data, timestampMs: null });
  }

  protected read(message: JsonObject): MediaMessage {
    switch (message['type']) {
      case 'audio':
        return this.#readAudio(message);
      case 'start':
        return this.#readStart(message);
      case 'dtmf':
        return readDigit(message['digit']);
      case 'mark':
        return readMark(message['name']);
      case 'cleared':
        return { type: 'cleared' };
      case 'stop':
        return { type: 'stop', reason: null };
      default:
        return typeof message['type'] === 'string'
          ? ignored(message['type'])
          : malformed('wrong-shape');
    }
  }

  /** The token came with the handshake, so a client may begin by simply sending sound. */
  protected override accept(message: MediaMessage): readonly MediaMessage[] {
    if (message.type !== 'audio' || this.hasStarted || this.#sessionId === undefined) {
      return super.accept(message);
    }
    const start = startOf(this.#sessionId, undefined);
    return [...super.accept(start), ...super.accept(message)];
  }

  #readStart(message: JsonObject): MediaMessage {
    const start = readStart(message);
    if (start.type === 'start') this.#sessionId ??= start.streamId;
    return start;
  }

  #readAudio(message: JsonObject): MediaMessage {
    if (message['format'] !== format) return malformed('wrong-codec');
    const session = sessionMessage.safeParse(message);
    if (!session.success) return malformed('wrong-shape');
    this.#sessionId ??= session.data.session_id;
    if (this.#sessionId !== session.data.session_id) return malformed('wrong-shape');
    return this.readAudio(message['data'], readTimestamp(message['timestamp']));
  }

  protected write(message: Outbound, start: StreamStart): string | null {
    const session_id = start.streamId;
    switch (message.type) {
      case 'audio':
        return JSON.stringify({ type: 'audio', session_id, ...this.#next(message.bytes) });
      case 'mark':
        return JSON.stringify({ type: 'mark', session_id, name: message.name });
      case 'clear':
        return JSON.stringify({ type: 'clear', session_id });
      case 'dtmf':
        return JSON.stringify({ type: 'dtmf', session_id, digits: message.digits });
      case 'stop':
        return JSON.stringify({ type: 'stop', session_id });
    }
  }

  /** Timestamps count the sound that was sent, in milliseconds. */
  #next(bytes: Uint8Array): object {
    const timestamp = Math.floor(this.#sentBytes / bytesPerMs);
    this.#sentBytes += bytes.length;
    this.#sequence += 1;
    return { timestamp, sequence: this.#sequence, data: writeBase64(bytes), format };
  }
}

function readStart(message: JsonObject): MediaMessage {
  if (message['format'] !== undefined && message['format'] !== format) {
    return malformed('wrong-codec');
  }
  const parsed = sessionMessage.safeParse(message);
  if (!parsed.success) return malformed('wrong-shape');
  return startOf(parsed.data.session_id, parsed.data.parameters);
}

function startOf(sessionId: string, parameters: unknown): StreamStart {
  return {
    type: 'start',
    streamId: sessionId,
    carrierCallId: sessionId,
    accountId: null,
    codec: genericTraits.codec,
    rateHz: genericTraits.rateHz,
    ...takeToken(parameters),
  };
}

/** A count of milliseconds, or a date. */
function readTimestamp(timestamp: unknown): number | null {
  const count = readCount(timestamp);
  if (count !== null || typeof timestamp !== 'string') return count;
  const atMs = Date.parse(timestamp);
  return Number.isNaN(atMs) ? null : atMs;
}
