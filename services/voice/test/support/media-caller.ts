import { WebSocket, type ClientOptions } from 'ws';
import { accountSid } from './door-things.js';

type Json = Readonly<Record<string, unknown>>;

/** A carrier, or a browser, that says exactly what it is told to. */
export class MediaCaller {
  readonly said: Json[] = [];
  pings = 0;
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', (error) => void error);
    socket.on('ping', () => (this.pings += 1));
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Json;
      this.said.push(message);
      this.onSaid?.(message);
    });
    this.closed = new Promise((resolve) => void socket.once('close', resolve));
  }

  onSaid: ((message: Json) => void) | undefined;

  /** Answers the HTTP status instead when it is not let in. */
  static dial(
    url: string,
    options: ClientOptions & { readonly protocols?: readonly string[] } = {},
  ): Promise<MediaCaller | number> {
    const { protocols = [], ...more } = options;
    const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false, ...more });
    const caller = new MediaCaller(socket);
    return new Promise((resolve) => {
      socket.once('open', () => resolve(caller));
      socket.once('unexpected-response', (_request, response) => {
        resolve(Number(response.statusCode));
        socket.terminate();
      });
    });
  }

  static async open(
    url: string,
    options: ClientOptions & { readonly protocols?: readonly string[] } = {},
  ): Promise<MediaCaller> {
    const dialled = await MediaCaller.dial(url, options);
    if (typeof dialled === 'number') throw new Error(`refused with ${dialled}`);
    return dialled;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(message: Json | string | Uint8Array): void {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array;
    this.#socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** Twilio's first words. */
  start(token: string | null, more: { callSid?: string; accountSid?: string } = {}): void {
    this.send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    this.send(twilioStart(token, more));
  }

  audio(payload: Uint8Array | string = new Uint8Array(160).fill(0xff)): void {
    const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('base64');
    this.send({ event: 'media', streamSid: 'MZ1', media: { track: 'inbound', payload: text } });
  }

  pause(): void {
    this.#socket.pause();
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  /** Gone without a word. */
  cut(): void {
    this.#socket.terminate();
  }
}

export function twilioStart(
  token: string | null,
  more: { callSid?: string; accountSid?: string; encoding?: string } = {},
): Json {
  const { callSid = 'CA-1', encoding = 'audio/x-mulaw' } = more;
  return {
    event: 'start',
    sequenceNumber: '1',
    streamSid: 'MZ1',
    start: {
      ...{ streamSid: 'MZ1', accountSid: more.accountSid ?? accountSid, callSid },
      tracks: ['inbound'],
      customParameters: token === null ? {} : { token },
      mediaFormat: { encoding, sampleRate: 8000, channels: 1 },
    },
  };
}
