import { isLostConnection } from '../failover/circuit-breaker.js';
import {
  TextToSpeech,
  type AudioFormat,
  type ProviderAccess,
  type Speaking,
  type SpeakingOrder,
} from '../ports/index.js';
import { SpeakingWithFallback } from './speaking-with-fallback.js';
import { Succession, type SpeakingChoice } from './succession.js';

export interface SpeakingFailure {
  readonly provider: string;
  readonly modelName: string;
  readonly error: unknown;
  /** The same vendor again or another one says the rest. */
  readonly goesOn: boolean;
}

export interface SpeakingOptions {
  /** The agent's own voice and its fallbacks, in order. */
  readonly choices: readonly [SpeakingChoice, ...SpeakingChoice[]];
  readonly onFailure: (failure: SpeakingFailure) => void;
}

/** One call's voice: a first choice and fallbacks behind the port. */
export class TextToSpeechWithFallback extends TextToSpeech {
  readonly #options: SpeakingOptions;
  /** Whoever took over goes on: a voice that changes back and forth is worse than another one. */
  #current: SpeakingChoice;
  #keepsVendor = false;

  constructor(options: SpeakingOptions) {
    super();
    this.#options = options;
    [this.#current] = options.choices;
  }

  /** Who spoke last, or will be asked first. */
  override get provider(): string {
    return this.#current.textToSpeech.provider;
  }

  get modelName(): string {
    return this.#current.modelName;
  }

  /** Row O18: from now on whoever speaks is at most asked again. */
  keepVendor(): void {
    this.#keepsVendor = true;
  }

  accepts(format: AudioFormat): boolean {
    return this.#options.choices.some(({ textToSpeech }) => textToSpeech.accepts(format));
  }

  /** The account and model of the order are replaced by those of whoever is asked. */
  async open(order: SpeakingOrder, signal: AbortSignal): Promise<Speaking> {
    signal.throwIfAborted();
    const able = this.#options.choices.filter(({ textToSpeech }) =>
      textToSpeech.accepts(order.format),
    );
    const first = able.includes(this.#current) ? this.#current : (able[0] ?? this.#current);
    const succession = new Succession(able, first, () => this.#keepsVendor);
    const stop = new AbortController();
    const to = { order, signal: AbortSignal.any([signal, stop.signal]) };
    const opened = await this.#openFrom(first, succession, to);
    const speaking = new SpeakingWithFallback(opened, order, {
      successor: (cause) => {
        if (!isLostConnection(cause)) succession.current.circuit.failed(cause);
        return this.#openNext(cause, succession, to);
      },
      sounded: () => succession.current.circuit.succeeded(),
      over: () => stop.abort(),
    });
    to.signal.addEventListener('abort', () => speaking.cancel(), { once: true });
    return speaking;
  }

  async warm(_access: ProviderAccess, signal: AbortSignal): Promise<void> {
    await this.#current.textToSpeech.warm(this.#current.access, signal);
  }

  async #openFrom(choice: SpeakingChoice, succession: Succession, to: Opening): Promise<Speaking> {
    try {
      if (!succession.mayAsk(choice)) throw choice.circuit.refusal();
      const speaking = await openWith(choice, to);
      this.#current = choice;
      return speaking;
    } catch (error) {
      choice.circuit.failed(error);
      return this.#openNext(error, succession, to);
    }
  }

  #openNext(cause: unknown, succession: Succession, to: Opening): Promise<Speaking> {
    to.signal.throwIfAborted();
    const { current } = succession;
    const next = succession.afterFailure(cause);
    this.#options.onFailure({
      provider: current.textToSpeech.provider,
      modelName: current.modelName,
      error: cause,
      goesOn: next !== undefined,
    });
    if (!next) throw cause;
    return this.#openFrom(next, succession, to);
  }
}

interface Opening {
  readonly order: SpeakingOrder;
  readonly signal: AbortSignal;
}

function openWith(choice: SpeakingChoice, { order, signal }: Opening): Promise<Speaking> {
  const { textToSpeech, access, modelName: model, voice } = choice;
  return textToSpeech.open({ ...order, access, model, voice: voice ?? order.voice }, signal);
}
