import { sleep } from '@trunkline/kernel';
import type { CircuitBreaker } from '../failover/circuit-breaker.js';
import { LanguageModel, type ReplyOrder, type ReplyPart } from '../ports/language-model.js';
import type { ProviderAccess } from '../ports/provider.js';
import { Attempt } from './attempt.js';
import { Succession, type Turn } from './succession.js';

/** Of one vendor and owner, for all calls of the process. */
export type Circuit = Pick<CircuitBreaker, 'isOpen' | 'mayTry' | 'succeeded' | 'failed'>;

export interface ThinkingChoice {
  readonly model: LanguageModel;
  readonly access: ProviderAccess;
  readonly modelName: string;
  readonly circuit: Circuit;
}

export interface ThinkingFailure {
  readonly provider: string;
  readonly modelName: string;
  readonly error: unknown;
  /** Somebody else is asked, or the same one again; nobody has heard of it. */
  readonly goesOn: boolean;
}

export interface ThinkingOptions {
  /** The first choice and its fallbacks. */
  readonly choices: readonly [ThinkingChoice, ...ThinkingChoice[]];
  readonly onFailure: (failure: ThinkingFailure) => void;
  readonly firstTokenLimitMs?: number;
  readonly stallLimitMs?: number;
}

/**
 * One call's language model: a first choice and fallbacks behind the port. It never changes
 * the vendor once a text was handed out, and not at all once it was told to keep it.
 */
export class Thinking extends LanguageModel {
  readonly #options: ThinkingOptions;
  #current: ThinkingChoice;
  #keepsVendor = false;

  constructor(options: ThinkingOptions) {
    super();
    this.#options = options;
    [this.#current] = options.choices;
  }

  /** Who answered last, or will be asked first. */
  override get provider(): string {
    return this.#current.model.provider;
  }

  get modelName(): string {
    return this.#current.modelName;
  }

  /** Row O18: from now on the train of thought stays with whoever has it. */
  keepVendor(): void {
    this.#keepsVendor = true;
  }

  /** The account and the model of the order are replaced by those of whoever is asked. */
  override async *reply(
    order: ReplyOrder,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyPart, void, undefined> {
    signal.throwIfAborted();
    const succession = new Succession(this.#candidates());
    for (
      let turn: Turn<ThinkingChoice> | undefined = { choice: succession.current, waitMs: 0 };
      ;
    ) {
      const { choice, waitMs } = turn;
      if (waitMs > 0) await sleep(waitMs, signal);
      const attempt = new Attempt(this.#limits, signal);
      try {
        yield* attempt.parts((own) => ask(choice, order, own));
        choice.circuit.succeeded();
        this.#current = choice;
        return;
      } catch (error) {
        // Whoever was interrupted has not failed.
        signal.throwIfAborted();
        choice.circuit.failed(error);
        turn = attempt.isCommitted ? undefined : succession.next(error);
        this.#tell(choice, error, turn !== undefined);
        if (!turn) throw error;
      }
    }
  }

  override async warm(_access: ProviderAccess, signal: AbortSignal): Promise<void> {
    const { model, access } = this.#current;
    await model.warm(access, signal);
  }

  get #limits() {
    const { firstTokenLimitMs = 3000, stallLimitMs = 3000 } = this.#options;
    return { firstTokenLimitMs, stallLimitMs };
  }

  /** From whoever answered last, round the list; who fails all the time is left out. */
  #candidates(): readonly [ThinkingChoice, ...ThinkingChoice[]] {
    const current = this.#current;
    if (this.#keepsVendor) return [current];
    const { choices } = this.#options;
    const at = choices.indexOf(current);
    const inTurn = [...choices.slice(at), ...choices.slice(0, at)];
    // The first is asked at once, so it may take the one probe of an open circuit.
    const [first = current, ...rest] = inTurn.filter(
      ({ circuit }, index) => !circuit.isOpen || (index === 0 && circuit.mayTry()),
    );
    return [first, ...rest];
  }

  #tell({ model, modelName }: ThinkingChoice, error: unknown, goesOn: boolean): void {
    this.#options.onFailure({ provider: model.provider, modelName, error, goesOn });
  }
}

function ask(choice: ThinkingChoice, order: ReplyOrder, signal: AbortSignal) {
  const { model, access, modelName } = choice;
  return model.reply({ ...order, access, model: modelName }, signal);
}
