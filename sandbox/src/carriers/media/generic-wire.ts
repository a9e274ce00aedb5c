import { decodeMuLaw, encodeMuLaw } from '../../speech/g711.js';
import { resample } from '../../speech/resample.js';
import type { Frame } from '../../phone/frames.js';
import { readName, readObject, readPayload, type FromPlatform, type Wire } from './wire.js';

const FRAME_MS = 20;
const format = 'pcm_16k';

/** Row E6: the socket of browsers, 16 kHz PCM in JSON; here spoken by a telephone's ear and mouth. */
export class GenericWire implements Wire {
  readonly #sessionId: string;
  readonly #widener = new Widener();
  #sequence = 0;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  connected(): undefined {
    return undefined;
  }

  start(): string {
    return this.#message({ type: 'start', format });
  }

  audio(frame: Frame): string {
    const timestamp = this.#sequence * FRAME_MS;
    this.#sequence += 1;
    const data = this.#widener.widen(frame.bytes).toString('base64');
    return this.#message({ type: 'audio', timestamp, sequence: this.#sequence, data, format });
  }

  dtmf(digit: string): string {
    return this.#message({ type: 'dtmf', digit });
  }

  markPlayed(name: string): string {
    return this.#message({ type: 'mark', name });
  }

  cleared(pending: readonly string[]): readonly string[] {
    return [...pending.map((name) => this.markPlayed(name)), this.#message({ type: 'cleared' })];
  }

  stop(): string {
    return this.#message({ type: 'stop' });
  }

  read(text: string): FromPlatform {
    const message = readObject(text);
    switch (message?.['type']) {
      case 'audio':
        return narrow(readPayload(message['data']));
      case 'mark':
        return readName(message['name']);
      case 'clear':
        return { type: 'clear' };
      case 'dtmf':
        return { type: 'dtmf', digits: String(message['digits']) };
      case 'stop':
        return { type: 'stop' };
      default:
        return { type: 'bad', why: `unknown type ${String(message?.['type'])}` };
    }
  }

  complain(): undefined {
    return undefined;
  }

  #message(fields: object): string {
    return JSON.stringify({ session_id: this.#sessionId, ...fields });
  }
}

/** What the filter has to see before and after a sample. */
const REACH = 32;

/** From a telephone's 8 kHz to 16 kHz, frame by frame and without a seam; 4 ms late. */
class Widener {
  #before = new Int16Array(2 * REACH);

  widen(bytes: Uint8Array): Buffer {
    const all = new Int16Array(2 * REACH + bytes.length);
    all.set(this.#before);
    bytes.forEach((byte, at) => (all[2 * REACH + at] = decodeMuLaw(byte)));
    this.#before = all.slice(-2 * REACH);
    const wide = resample(all, 8000, 16_000).subarray(2 * REACH, 2 * REACH + 2 * bytes.length);
    const pcm = Buffer.alloc(wide.length * 2);
    wide.forEach((sample, at) => pcm.writeInt16LE(sample, at * 2));
    return pcm;
  }
}

function narrow(message: FromPlatform): FromPlatform {
  if (message.type !== 'audio') return message;
  const pcm = Buffer.from(message.bytes);
  const bytes = Uint8Array.from({ length: pcm.length >> 2 }, (_, at) =>
    encodeMuLaw((pcm.readInt16LE(at * 4) + pcm.readInt16LE(at * 4 + 2)) >> 1),
  );
  return { type: 'audio', bytes };
}
