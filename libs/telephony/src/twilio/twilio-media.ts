import { z } from 'zod';
import type { MediaMessage, Outbound, StreamStart } from '../media-message.js';
import {
  ignored,
  malformed,
  readDigit,
  readEncoding,
  readMark,
  takeToken,
  WireSession,
} from '../media/wire-session.js';
import { writeBase64 } from '../media/base64.js';
import { MediaCodec, type MediaTraits } from '../ports.js';
import { isJsonObject, nested, readCount, type JsonObject } from '../read-json.js';

const startMessage = z.object({
  streamSid: z.string().min(1).max(128),
  start: z.object({
    accountSid: z.string().max(128).optional(),
    callSid: z.string().min(1).max(128),
    mediaFormat: z.object({
      encoding: z.string(),
      sampleRate: z.coerce.number(),
      channels: z.coerce.number().optional(),
    }),
    customParameters: z.unknown().optional(),
  }),
});

const twilioTraits: MediaTraits = {
  codec: 'mulaw',
  rateHz: 8_000,
  hasStop: true,
  markEcho: 'always',
  clearEcho: false,
  tokenIn: 'param',
  digitsOut: 'tones',
};

export class TwilioMedia extends MediaCodec {
  readonly traits = twilioTraits;

  open(): TwilioSession {
    return new TwilioSession(this.traits);
  }
}

class TwilioSession extends WireSession {
  protected read(message: JsonObject): MediaMessage {
    switch (message['event']) {
      case 'media':
        return this.#readMedia(message['media']);
      case 'connected':
        return { type: 'open' };
      case 'start':
        return readStart(message);
      case 'dtmf':
        return readDigit(nested(message['dtmf'], 'digit'));
      case 'mark':
        return readMark(nested(message['mark'], 'name'));
      case 'stop':
        return { type: 'stop', reason: null };
      default:
        return typeof message['event'] === 'string'
          ? ignored(message['event'])
          : malformed('wrong-shape');
    }
  }

  /** By hand and not by schema: fifty times a second in every call. */
  #readMedia(media: unknown): MediaMessage {
    if (!isJsonObject(media)) return malformed('wrong-shape');
    if (media['track'] === 'outbound') return ignored('our own track');
    return this.readAudio(media['payload'], readCount(media['timestamp']));
  }

  protected write(message: Outbound, start: StreamStart): string | null {
    const { streamId: streamSid } = start;
    switch (message.type) {
      case 'audio': {
        const payload = writeBase64(message.bytes);
        return JSON.stringify({ event: 'media', streamSid, media: { payload } });
      }
      case 'mark':
        return JSON.stringify({ event: 'mark', streamSid, mark: { name: message.name } });
      case 'clear':
        return JSON.stringify({ event: 'clear', streamSid });
      case 'dtmf':
      case 'stop':
        return null;
    }
  }
}

function readStart(message: JsonObject): MediaMessage {
  const parsed = startMessage.safeParse(message);
  if (!parsed.success) return malformed('wrong-shape');
  const { streamSid, start } = parsed.data;
  const codec = readEncoding(start.mediaFormat.encoding);
  if (codec === undefined || (start.mediaFormat.channels ?? 1) !== 1)
    return malformed('wrong-codec');
  return {
    type: 'start',
    streamId: streamSid,
    carrierCallId: start.callSid,
    accountId: start.accountSid ?? null,
    codec,
    rateHz: start.mediaFormat.sampleRate,
    ...takeToken(start.customParameters),
  };
}
