import { isAppError } from '@trunkline/kernel';

/** A pause of a second hides behind a filler; a longer one is a failure. */
const SHORT_WAIT_MS = 1000;

export interface Turn<Choice> {
  readonly choice: Choice;
  /** How long the vendor wants to be left alone first. */
  readonly waitMs: number;
}

/** Whom to ask next after a failure: pure, one per reply. */
export class Succession<Choice> {
  #current: Choice;
  #wasRepeated = false;
  readonly #others: Choice[];

  constructor(choices: readonly [Choice, ...Choice[]]) {
    [this.#current, ...this.#others] = choices;
  }

  get current(): Choice {
    return this.#current;
  }

  /** `undefined`: nobody is left. */
  next(error: unknown): Turn<Choice> | undefined {
    const mayRepeat = !this.#wasRepeated && isAppError(error) && error.retryable;
    const asked = retryAfterMs(error);
    const isShort = asked !== undefined && asked <= SHORT_WAIT_MS;
    if (mayRepeat && isShort) return this.#repeat(asked);
    const other = this.#others.shift();
    if (other) return this.#moveOn(other);
    if (mayRepeat && (asked === undefined || isShort)) return this.#repeat(0);
    return undefined;
  }

  #repeat(waitMs: number): Turn<Choice> {
    this.#wasRepeated = true;
    return { choice: this.#current, waitMs };
  }

  #moveOn(choice: Choice): Turn<Choice> {
    this.#wasRepeated = false;
    this.#current = choice;
    return { choice, waitMs: 0 };
  }
}

function retryAfterMs(error: unknown): number | undefined {
  const value = isAppError(error) ? error.details['retryAfterMs'] : undefined;
  return typeof value === 'number' ? value : undefined;
}
