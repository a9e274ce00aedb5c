import { randomBytes } from 'node:crypto';
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

export interface TwilioStream {
  readonly accountSid: string;
  readonly callSid: string;
  readonly order: StreamOrder;
}

/** Media Streams; every number is a string. */
export class TwilioWire implements Wire {
  readonly streamSid = `MZ${randomBytes(16).toString('hex')}`;
  readonly #stream: TwilioStream;
  #sequence = 0;
  #chunk = 0;

  constructor(stream: TwilioStream) {
    this.#stream = stream;
  }

  connected(): string {
    return JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  }

  start(): string {
    const { accountSid, callSid, order } = this.#stream;
    return this.#numbered({
      event: 'start',
      start: {
        accountSid,
        streamSid: this.streamSid,
        callSid,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        customParameters: order.parameters,
      },
    });
  }

  /** By hand and not by JSON.stringify: fifty times a second in every call. */
  audio(frame: Frame): string {
    this.#sequence += 1;
    this.#chunk += 1;
    const timestamp = (this.#chunk - 1) * 20;
    return `{"event":"media","sequenceNumber":"${this.#sequence}","media":{"track":"inbound","chunk":"${this.#chunk}","timestamp":"${timestamp}","payload":"${frame.base64}"},"streamSid":"${this.streamSid}"}`;
  }

  dtmf(digit: string): string {
    return this.#numbered({ event: 'dtmf', dtmf: { track: 'inbound_track', digit } });
  }

  markPlayed(name: string): string {
    return this.#numbered({ event: 'mark', mark: { name } });
  }

  /** Nothing of its own, but every pending mark comes back as if it had been played. */
  cleared(pending: readonly string[]): readonly string[] {
    return pending.map((name) => this.markPlayed(name));
  }

  stop(): string {
    const { accountSid, callSid } = this.#stream;
    return this.#numbered({ event: 'stop', stop: { accountSid, callSid } });
  }

  read(text: string): FromPlatform {
    const message = readObject(text);
    if (!message) return { type: 'bad', why: 'not a JSON object' };
    if (message['streamSid'] !== this.streamSid) return { type: 'bad', why: 'wrong streamSid' };
    switch (message['event']) {
      case 'media':
        return readPayload(field(message['media'], 'payload'));
      case 'mark':
        return readName(field(message['mark'], 'name'));
      case 'clear':
        return { type: 'clear' };
      default:
        return { type: 'bad', why: `unknown event ${String(message['event'])}` };
    }
  }

  /** Only Twilio's debugger hears of it. */
  complain(): undefined {
    return undefined;
  }

  #numbered(message: object): string {
    this.#sequence += 1;
    return JSON.stringify({
      ...message,
      sequenceNumber: String(this.#sequence),
      streamSid: this.streamSid,
    });
  }
}
