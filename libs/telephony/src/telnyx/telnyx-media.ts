import { z } from 'zod';
import type { MediaMessage, Outbound, StreamStart } from '../media-message.js';
import { writeBase64 } from '../media/base64.js';
import { ChunkOrder } from '../media/chunk-order.js';
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

const startMessage = z.object({
  stream_id: z.string().min(1).max(256),
  start: z.object({
    call_control_id: z.string().min(1).max(512),
    media_format: z.object({
      encoding: z.string(),
      sample_rate: z.coerce.number(),
      channels: z.coerce.number().optional(),
    }),
    custom_parameters: z.unknown().optional(),
  }),
});

const telnyxTraits: MediaTraits = {
  codec: 'mulaw',
  rateHz: 8_000,
  hasStop: true,
  markEcho: 'always',
  clearEcho: false,
  tokenIn: 'param',
  digitsOut: 'tones',
};

/** Frames held back at most for one that is missing: 60 ms. */
const heldFrames = 3;

export class TelnyxMedia extends MediaCodec {
  readonly traits = telnyxTraits;

  open(): TelnyxSession {
    return new TelnyxSession(this.traits);
  }
}

class TelnyxSession extends WireSession {
  readonly #order = new ChunkOrder<MediaMessage>(heldFrames);
  #chunk: number | null = null;

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
      case 'error':
        return ignored(`error ${readCount(nested(message['payload'], 'code')) ?? 'unknown'}`);
      default:
        return typeof message['event'] === 'string'
          ? ignored(message['event'])
          : malformed('wrong-shape');
    }
  }

  /** Telnyx does not promise order; `chunk` has it. */
  protected override accept(message: MediaMessage): readonly MediaMessage[] {
    const accepted = super.accept(message);
    if (accepted[0]?.type === 'stop') return [...this.#order.drain(), ...accepted];
    if (accepted[0]?.type !== 'audio' || this.#chunk === null) return accepted;
    const { ready, isLate } = this.#order.push(this.#chunk, accepted[0]);
    return isLate ? [ignored('late or repeated chunk')] : ready;
  }

  #readMedia(media: unknown): MediaMessage {
    if (!isJsonObject(media)) return malformed('wrong-shape');
    if (media['track'] === 'outbound') return ignored('our own track');
    this.#chunk = readCount(media['chunk']);
    return this.readAudio(media['payload'], readCount(media['timestamp']));
  }

  protected write(message: Outbound, _start: StreamStart): string | null {
    switch (message.type) {
      case 'audio':
        return JSON.stringify({ event: 'media', media: { payload: writeBase64(message.bytes) } });
      case 'mark':
        return JSON.stringify({ event: 'mark', mark: { name: message.name } });
      case 'clear':
        return JSON.stringify({ event: 'clear' });
      case 'dtmf':
      case 'stop':
        return null;
    }
  }
}

function readStart(message: JsonObject): MediaMessage {
  const parsed = startMessage.safeParse(message);
  if (!parsed.success) return malformed('wrong-shape');
  const { stream_id: streamId, start } = parsed.data;
  const codec = readEncoding(start.media_format.encoding);
  if (codec === undefined || (start.media_format.channels ?? 1) !== 1)
    return malformed('wrong-codec');
  return {
    type: 'start',
    streamId,
    carrierCallId: start.call_control_id,
    accountId: null,
    codec,
    rateHz: start.media_format.sample_rate,
    ...takeToken(readParameters(start.custom_parameters)),
  };
}

/** Set as a list of names and values, documented as an object when they come back. */
function readParameters(parameters: unknown): unknown {
  if (!Array.isArray(parameters)) return parameters;
  return Object.fromEntries(
    parameters
      .slice(0, 50)
      .filter(isJsonObject)
      .map((one) => [String(one['name']), one['value']]),
  );
}
