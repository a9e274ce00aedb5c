import {
  type AudioFormat,
  type Listening,
  type ListeningOrder,
  SpeechToText,
} from '../../app/ports/index.js';
import { openSocket } from '../connections/open-socket.js';
import { watchPulse } from '../connections/socket-pulse.js';
import { DeepgramListening, type KeepAliveTiming } from './deepgram-listening.js';
import type { Dialect } from './dialect.js';
import { fluxDialect } from './flux-dialect.js';
import { novaDialect } from './nova-dialect.js';

const MAX_MESSAGE_BYTES = 256 * 1024;

export interface DeepgramTiming {
  readonly flux: KeepAliveTiming;
  readonly nova: KeepAliveTiming;
}

const usualTiming: DeepgramTiming = {
  flux: { checkMs: 250, afterMs: 500 },
  nova: { checkMs: 1000, afterMs: 4000 },
};

/** Deepgram over its WebSocket API, v2 for Flux models and v1 for all others. */
export class DeepgramSpeechToText extends SpeechToText {
  readonly provider = 'deepgram';
  readonly #timing: DeepgramTiming;

  constructor(timing: DeepgramTiming = usualTiming) {
    super();
    this.#timing = timing;
  }

  accepts({ encoding, rateHz }: AudioFormat): boolean {
    return encoding === 'pcm16le' || rateHz === 8000;
  }

  async open(order: ListeningOrder, signal: AbortSignal): Promise<Listening> {
    const isFlux = order.model.startsWith('flux');
    const dialect: Dialect = isFlux ? fluxDialect : novaDialect;
    const listening = new DeepgramListening(
      order,
      dialect,
      isFlux ? this.#timing.flux : this.#timing.nova,
    );
    const socket = await openSocket({
      access: order.access,
      path: dialect.path,
      query: dialect.query(order),
      headers: { authorization: `Token ${order.access.apiKey}` },
      maxMessageBytes: MAX_MESSAGE_BYTES,
      signal,
      attach: listening.attach,
    });
    watchPulse(socket);
    listening.opened();
    const onAbort = (): void => listening.close();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', onAbort));
    return listening;
  }
}
