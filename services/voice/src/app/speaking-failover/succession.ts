import { isAppError } from '@trunkline/kernel';
import type { CircuitBreaker } from '../failover/circuit-breaker.js';
import type { ProviderAccess, TextToSpeech } from '../ports/index.js';

export interface SpeakingChoice {
  readonly textToSpeech: TextToSpeech;
  readonly access: ProviderAccess;
  readonly modelName: string;
  /** `null`: the voice of the order, which follows the call's language. */
  readonly voice: string | null;
  readonly circuit: Pick<CircuitBreaker, 'isOpen' | 'mayTry' | 'succeeded' | 'failed' | 'refusal'>;
}

/** Who speaks next in one utterance, when whoever spoke so far failed. */
export class Succession {
  readonly #choices: readonly SpeakingChoice[];
  readonly #keepsVendor: () => boolean;
  readonly #failed = new Set<SpeakingChoice>();
  readonly #retried = new Set<SpeakingChoice>();
  #current: SpeakingChoice;

  constructor(
    choices: readonly SpeakingChoice[],
    first: SpeakingChoice,
    keepsVendor: () => boolean,
  ) {
    this.#choices = choices;
    this.#current = first;
    this.#keepsVendor = keepsVendor;
  }

  get current(): SpeakingChoice {
    return this.#current;
  }

  /**
   * A circuit leads to somebody better: it is closed to nobody who has no one better, or may
   * have no one else.
   */
  mayAsk({ circuit }: SpeakingChoice): boolean {
    if (circuit.mayTry()) return true;
    return this.#keepsVendor() || this.#choices.every((choice) => choice.circuit.isOpen);
  }

  /** `undefined`: nobody is left. */
  afterFailure(error: unknown): SpeakingChoice | undefined {
    if (this.#mayRetry(error)) {
      this.#retried.add(this.#current);
      return this.#current;
    }
    this.#failed.add(this.#current);
    if (this.#keepsVendor()) return undefined;
    const next = this.#choices.find((choice) => !this.#failed.has(choice));
    if (next) this.#current = next;
    return next;
  }

  /**
   * Once each. A connection may drop with nothing wrong behind it; slow or overloaded vendors
   * are worth a second try only to a call that has to stay with them.
   */
  #mayRetry(error: unknown): boolean {
    if (!isAppError(error) || !error.retryable || this.#retried.has(this.#current)) return false;
    if (error.details['circuit'] === 'open') return false;
    return this.#keepsVendor() || error.code === 'provider.unavailable';
  }
}
