import { z } from 'zod';
import type { MediaMessage, Outbound, StreamStart } from '../media-message.js';
import { writeBase64 } from '../media/base64.js';
import {
  ignored,
  malformed,
  readDigit,
  readEncoding,
  readMark,
  takeToken,
  WireSession,
} from '../media/wire-session.js';
import { MediaCodec, type MediaTraits } from '../ports.js';
import { isJsonObject, nested, readCount, type JsonObject } from '../read-json.js';
import { checkDigits } from '../rest/rest-types.js';
import { readExtraHeaders } from './extra-headers.js';

const startMessage = z.object({
  start: z.object({
    callId: z.string().min(1).max(128),
    streamId: z.string().min(1).max(128),
    accountId: z.coerce.string().max(128).optional(),
    mediaFormat: z.object({ encoding: z.string(), sampleRate: z.coerce.number() }),
  }),
  extra_headers: z.unknown().optional(),
});

export const plivoTraits: MediaTraits = {
  codec: 'mulaw',
  rateHz: 8_000,
  hasStop: false,
  markEcho: 'always',
  clearEcho: true,
  tokenIn: 'param',
  digitsOut: 'wire',
};

export class PlivoMedia extends MediaCodec {
  readonly traits = plivoTraits;

  open(): PlivoSession {
    return new PlivoSession(this.traits);
  }
}

export class PlivoSession extends WireSession {
  protected read(message: JsonObject): MediaMessage {
    switch (message['event']) {
      case 'media':
        return this.#readMedia(message['media']);
      case 'start':
        return readStart(message);
      case 'dtmf':
        return readDigit(nested(message['dtmf'], 'digit'));
      case 'playedStream':
        return readMark(message['name']);
      case 'clearedAudio':
        return { type: 'cleared' };
      case 'stop':
        // Not in the documented list, but the vendor's own examples handle it.
        return { type: 'stop', reason: null };
      default:
        return typeof message['event'] === 'string'
          ? ignored(message['event'])
          : malformed('wrong-shape');
    }
  }

  #readMedia(media: unknown): MediaMessage {
    if (!isJsonObject(media)) return malformed('wrong-shape');
    if (media['track'] === 'outbound') return ignored('our own track');
    return this.readAudio(media['payload'], readCount(media['timestamp']));
  }

  protected write(message: Outbound, start: StreamStart): string | null {
    const { streamId } = start;
    switch (message.type) {
      case 'audio':
        return JSON.stringify({ event: 'playAudio', media: playable(message.bytes) });
      case 'mark':
        return JSON.stringify({ event: 'checkpoint', streamId, name: message.name });
      case 'clear':
        return JSON.stringify({ event: 'clearAudio', streamId });
      case 'dtmf':
        return JSON.stringify({ event: 'sendDTMF', dtmf: checkDigits(message.digits) });
      case 'stop':
        return null;
    }
  }
}

export function playable(bytes: Uint8Array): object {
  return { contentType: 'audio/x-mulaw', sampleRate: 8_000, payload: writeBase64(bytes) };
}

function readStart(message: JsonObject): MediaMessage {
  const parsed = startMessage.safeParse(message);
  if (!parsed.success) return malformed('wrong-shape');
  const { start, extra_headers: extra } = parsed.data;
  const codec = readEncoding(start.mediaFormat.encoding);
  if (codec === undefined) return malformed('wrong-codec');
  return {
    type: 'start',
    streamId: start.streamId,
    carrierCallId: start.callId,
    accountId: start.accountId ?? null,
    codec,
    rateHz: start.mediaFormat.sampleRate,
    ...takeToken(readExtraHeaders(extra)),
  };
}
