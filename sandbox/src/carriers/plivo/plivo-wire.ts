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

export interface PlivoStream {
  readonly callId: string;
  readonly accountId: string;
  readonly order: StreamOrder;
  /** Vobiz keeps extra headers to itself, has no `stop` and may end the stream on ours. */
  readonly isVobiz: boolean;
}

/** Audio streams of Plivo, and of Vobiz, which are made after them. */
export class PlivoWire implements Wire {
  readonly streamId = randomUUID();
  readonly #stream: PlivoStream;
  readonly #extraHeaders: string;
  readonly #mediaTail: string;
  #sequence: number;
  #chunk = 0;

  constructor(stream: PlivoStream) {
    this.#stream = stream;
    this.#sequence = stream.isVobiz ? -1 : 0;
    const pairs = Object.entries(stream.order.parameters).map(
      ([name, value]) => `${name}=${value}`,
    );
    this.#extraHeaders = stream.isVobiz ? '{}' : pairs.join(';');
    this.#mediaTail = `"streamId":"${this.streamId}","extra_headers":${JSON.stringify(this.#extraHeaders)}}`;
  }

  /** They begin with `start`. */
  connected(): undefined {
    return undefined;
  }

  start(): string {
    const { callId, accountId } = this.#stream;
    return this.#numbered({
      event: 'start',
      start: {
        callId,
        streamId: this.streamId,
        accountId,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
      },
      extra_headers: this.#extraHeaders,
    });
  }

  audio(frame: Frame): string {
    this.#sequence += 1;
    this.#chunk += 1;
    return `{"event":"media","sequenceNumber":${this.#sequence},"media":{"track":"inbound","timestamp":"${Date.now()}","chunk":${this.#chunk},"payload":"${frame.base64}"},${this.#mediaTail}`;
  }

  dtmf(digit: string): string {
    const dtmf = { track: 'inbound', digit, timestamp: String(Date.now()) };
    return this.#numbered({ event: 'dtmf', streamId: this.streamId, dtmf });
  }

  markPlayed(name: string): string {
    const { isVobiz } = this.#stream;
    const played = { event: 'playedStream', ...(isVobiz ? {} : { streamId: this.streamId }) };
    return this.#numbered({ ...played, name });
  }

  /** Checkpoints of what was thrown away are not heard of again. */
  cleared(): readonly string[] {
    return [this.#numbered({ event: 'clearedAudio', streamId: this.streamId })];
  }

  stop(): string | undefined {
    if (this.#stream.isVobiz) return undefined;
    return this.#numbered({ event: 'stop', streamId: this.streamId });
  }

  read(text: string): FromPlatform {
    const message = readObject(text);
    if (!message) return { type: 'bad', why: 'not a JSON object' };
    switch (message['event']) {
      case 'playAudio':
        return readPlayAudio(message['media']);
      case 'checkpoint':
        return this.#ofStream(message['streamId'], readName(message['name']));
      case 'clearAudio':
        return this.#ofStream(message['streamId'], { type: 'clear' });
      case 'sendDTMF':
        return typeof message['dtmf'] === 'string' && !this.#stream.isVobiz
          ? { type: 'dtmf', digits: message['dtmf'] }
          : { type: 'bad', why: 'sendDTMF without digits' };
      case 'stop':
        return this.#stream.isVobiz ? { type: 'stop' } : { type: 'bad', why: 'unknown event stop' };
      default:
        return { type: 'bad', why: `unknown event ${String(message['event'])}` };
    }
  }

  complain(): undefined {
    return undefined;
  }

  #ofStream(streamId: unknown, message: FromPlatform): FromPlatform {
    return streamId === this.streamId ? message : { type: 'bad', why: 'wrong streamId' };
  }

  #numbered(message: object): string {
    this.#sequence += 1;
    return JSON.stringify({ sequenceNumber: this.#sequence, ...message });
  }
}

function readPlayAudio(media: unknown): FromPlatform {
  const isMuLaw = field(media, 'contentType') === 'audio/x-mulaw';
  if (!isMuLaw || Number(field(media, 'sampleRate')) !== 8000) {
    return { type: 'bad', why: 'only audio/x-mulaw at 8000 is played' };
  }
  return readPayload(field(media, 'payload'));
}
