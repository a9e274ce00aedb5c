const capacity = 512;

/** Which marks are on their way, and which of them a `clear` has overtaken. */
export class SentMarks {
  readonly #pending = new Set<string>();
  readonly #flushed = new Set<string>();

  sent(name: string): void {
    this.#flushed.delete(name);
    this.#pending.add(name);
    dropOldest(this.#pending);
  }

  /** The carrier throws its buffer away and echoes all that was in it. */
  clear(): void {
    for (const name of this.#pending) this.#flushed.add(name);
    this.#pending.clear();
    dropOldest(this.#flushed);
  }

  /** True when the echo does not prove that the mark was played. */
  echoed(name: string): boolean {
    this.#pending.delete(name);
    return this.#flushed.delete(name);
  }
}

/** Some carriers never echo; what nobody will ask for any more may go. */
function dropOldest(names: Set<string>): void {
  for (const name of names) {
    if (names.size <= capacity) return;
    names.delete(name);
  }
}
