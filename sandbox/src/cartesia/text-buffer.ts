/** About so many words are enough to speak well, even without the end of a sentence. */
const WORDS_ENOUGH = 20;
const MAX_HELD_CHARS = 100_000;
const sentenceEnd = /[.!?…]+["'”’)\]]*(?=\s|$)|[。！？।]+["'”’)\]]*/gu;
const abbreviation = /(?:^|[\s(])(?:\p{Lu}|Mr|Mrs|Ms|Dr|St|No|Prof|e\.g|i\.e|approx|vs)\.$/u;

/**
 * Holds a context's text back as the real one does: it gives out whole sentences, or all whole
 * words once there are about twenty, or everything when no text came for the delay. A delay of 0
 * means the client cuts the text itself: all is given out at once.
 */
export class TextBuffer {
  readonly #delayMs: number;
  #held = '';
  #lastTextAtMs = 0;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** When the held text is due if no more comes. */
  get dueAtMs(): number | undefined {
    return this.#held.trim() === '' ? undefined : this.#lastTextAtMs + this.#delayMs;
  }

  /** False: there is too much text already. */
  push(text: string, nowMs: number): boolean {
    if (this.#held.length + text.length > MAX_HELD_CHARS) return false;
    this.#held += text;
    this.#lastTextAtMs = nowMs;
    return true;
  }

  /** What may be spoken now. */
  take(nowMs: number): string {
    const dueAtMs = this.dueAtMs;
    if (dueAtMs !== undefined && nowMs >= dueAtMs) return this.takeAll();
    const end = Math.max(endOfSentences(this.#held), endOfEnoughWords(this.#held));
    return this.#cut(end);
  }

  takeAll(): string {
    return this.#cut(this.#held.length);
  }

  #cut(end: number): string {
    const text = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    return text;
  }
}

function endOfSentences(text: string): number {
  let end = 0;
  for (const match of text.matchAll(sentenceEnd)) {
    const candidate = match.index + match[0].length;
    if (isEnd(text, match.index, candidate)) end = candidate;
  }
  return end;
}

/** At the very end of what came, "3." may yet become "3.5": that waits for the next text. */
function isEnd(text: string, from: number, to: number): boolean {
  const isNumber = to === text.length && text[from] === '.' && /\d/.test(text[from - 1] ?? '');
  return !isNumber && !abbreviation.test(text.slice(0, from + 1));
}

function endOfEnoughWords(text: string): number {
  const words = [...text.matchAll(/\S+\s+/gu)];
  const last = words.at(-1);
  return last && words.length >= WORDS_ENOUGH ? last.index + last[0].length : 0;
}
