import {
  TextToSpeech,
  type AudioFormat,
  type ProviderAccess,
  type Speaking,
  type SpeakingOrder,
} from '../../app/ports/index.js';
import { CartesiaPool } from './cartesia-pool.js';

const REFRESH_EVERY_MS = 15_000;

/** Cartesia over its WebSocket API: an utterance is a context on a socket that is open already. */
export class CartesiaTextToSpeech extends TextToSpeech {
  readonly provider = 'cartesia';
  readonly #pools = new Map<string, CartesiaPool>();
  readonly #refreshing: NodeJS.Timeout;

  constructor() {
    super();
    this.#refreshing = setInterval(() => this.#refresh(), REFRESH_EVERY_MS).unref();
  }

  accepts({ encoding, rateHz }: AudioFormat): boolean {
    return encoding === 'pcm16le' || rateHz === 8000;
  }

  async open(order: SpeakingOrder, signal: AbortSignal): Promise<Speaking> {
    signal.throwIfAborted();
    const speaking = await this.#poolOf(order.access).speak(order, signal);
    const onAbort = (): void => speaking.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    speaking.onOver = () => signal.removeEventListener('abort', onAbort);
    return speaking;
  }

  async warm(access: ProviderAccess, signal: AbortSignal): Promise<void> {
    await this.#poolOf(access).warm(signal);
  }

  /** When the process ends. */
  close(): void {
    clearInterval(this.#refreshing);
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
  }

  #poolOf(access: ProviderAccess): CartesiaPool {
    const key = JSON.stringify([access.baseUrl, access.owner, access.apiKey]);
    const known = this.#pools.get(key);
    if (known) return known;
    const pool = new CartesiaPool(access);
    this.#pools.set(key, pool);
    return pool;
  }

  #refresh(): void {
    for (const [key, pool] of this.#pools) {
      void pool.refresh();
      if (pool.isForgotten) this.#pools.delete(key);
    }
  }
}
