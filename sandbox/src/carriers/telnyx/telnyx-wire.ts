import { randomUUID } from 'node:crypto';
import type { Frame } from '../../phone/frames.js';
import {
  field,
  readName,
  readObject,
  readPayload,
  type FromPlatform,
  type StreamOrder,
  type Wire,
} from '../media/wire.js';

export interface TelnyxStream {
  readonly callControlId: string;
  readonly callSessionId: string;
  readonly from: string;
  readonly to: string;
  readonly clientState: string | undefined;
  readonly order: StreamOrder;
}

const USER_ID = '00000000-0000-4000-8000-00000000000a';
const MIN_BYTES = 160;
const MAX_BYTES = 30 * 8_000;

/** Media streaming in RTP mode with PCMU. */
export class TelnyxWire implements Wire {
  readonly streamId = randomUUID();
  readonly #stream: TelnyxStream;
  #sequence = 0;
  #chunk = 0;

  constructor(stream: TelnyxStream) {
    this.#stream = stream;
  }

  connected(): string {
    return JSON.stringify({ event: 'connected', version: '1.0.0' });
  }

  start(): string {
    const { callControlId, callSessionId, from, to, clientState, order } = this.#stream;
    return this.#numbered({
      event: 'start',
      start: {
        user_id: USER_ID,
        call_control_id: callControlId,
        call_session_id: callSessionId,
        from,
        to,
        tags: [],
        client_state: clientState ?? null,
        custom_parameters: order.parameters,
        media_format: { encoding: 'PCMU', sample_rate: 8000, channels: 1 },
      },
    });
  }

  audio(frame: Frame): string {
    this.#sequence += 1;
    this.#chunk += 1;
    const timestamp = (this.#chunk - 1) * 20;
    return `{"event":"media","sequence_number":"${this.#sequence}","media":{"track":"inbound","chunk":"${this.#chunk}","timestamp":"${timestamp}","payload":"${frame.base64}"},"stream_id":"${this.streamId}"}`;
  }

  dtmf(digit: string): string {
    const occurred_at = new Date().toISOString();
    return this.#numbered({ event: 'dtmf', occurred_at, dtmf: { digit } });
  }

  markPlayed(name: string): string {
    return this.#numbered({ event: 'mark', mark: { name } });
  }

  cleared(pending: readonly string[]): readonly string[] {
    return pending.map((name) => this.markPlayed(name));
  }

  stop(): string {
    const stop = { user_id: USER_ID, call_control_id: this.#stream.callControlId };
    return this.#numbered({ event: 'stop', stop });
  }

  read(text: string): FromPlatform {
    const message = readObject(text);
    if (!message) return { type: 'bad', why: 'not a JSON object' };
    switch (message['event']) {
      case 'media':
        return readSized(readPayload(field(message['media'], 'payload')));
      case 'mark':
        return readName(field(message['mark'], 'name'));
      case 'clear':
        return { type: 'clear' };
      default:
        return { type: 'bad', why: `unknown event ${String(message['event'])}` };
    }
  }

  complain(why: string): string {
    const isMedia = why.includes('payload') || why.includes('audio');
    const code = isMedia ? 100_004 : 100_003;
    const title = isMedia ? 'invalid_media' : 'malformed_frame';
    const payload = { code, title, detail: why };
    return JSON.stringify({ event: 'error', stream_id: this.streamId, payload });
  }

  #numbered(message: object): string {
    this.#sequence += 1;
    const numbered = { sequence_number: String(this.#sequence), stream_id: this.streamId };
    return JSON.stringify({ ...message, ...numbered });
  }
}

function readSized(message: FromPlatform): FromPlatform {
  if (message.type !== 'audio') return message;
  const { length } = message.bytes;
  return length < MIN_BYTES || length > MAX_BYTES
    ? { type: 'bad', why: 'audio must be of 20 ms to 30 s' }
    : message;
}
