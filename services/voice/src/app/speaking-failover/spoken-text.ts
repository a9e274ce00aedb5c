import type { Word } from '../ports/index.js';

/** Of a voice whose words have no times: about 15 characters a second. */
const USUAL_MS_PER_CHARACTER = 65;
/** Sound without words of this length is a pause, or a word whose time has yet to come. */
const UNWORDED_MS = 250;
/** A vendor that says a number in words gets in step again within so many of ours. */
const LOOK_AHEAD = 4;

interface Token {
  readonly plain: string;
  readonly endAt: number;
}

/** What is to be said in one utterance, and from where on nobody has heard it. */
export class SpokenText {
  #said = '';
  /** All before this was delivered. */
  #doneAt = 0;
  /** Where the present voice began. */
  #beganAt = 0;
  #words: Word[] = [];

  add(text: string): void {
    this.#said += text;
  }

  /** Words with times since the present voice began. */
  timed(words: readonly Word[]): void {
    this.#words.push(...words);
  }

  get rest(): string {
    return this.#said.slice(this.#doneAt);
  }

  /** The present voice broke after so much sound had been delivered: another one goes on. */
  brokeAfter(deliveredMs: number): void {
    const heard = this.#words.filter((word) => isDelivered(word, deliveredMs));
    for (const { text } of heard) this.#advanceTo(plain(text));
    const lastMs = heard.at(-1)?.endMs ?? 0;
    if (deliveredMs - lastMs > UNWORDED_MS) this.#advanceFor(deliveredMs - lastMs, lastMs);
    this.#words = [];
    this.#beganAt = this.#doneAt;
  }

  #advanceTo(word: string): void {
    if (word === '') return;
    const ahead = this.#tokens().slice(0, LOOK_AHEAD);
    const match = ahead.find((token) => token.plain === word);
    if (match) this.#doneAt = match.endAt;
  }

  /** Sound whose words are not known: as many as fit at the pace so far. */
  #advanceFor(durationMs: number, wordedMs: number): void {
    const characters = this.#doneAt - this.#beganAt;
    const pace = characters > 0 ? wordedMs / characters : USUAL_MS_PER_CHARACTER;
    const reach = this.#doneAt + durationMs / pace;
    const token = this.#tokens().findLast(({ endAt }) => endAt <= reach);
    if (token) this.#doneAt = token.endAt;
  }

  #tokens(): readonly Token[] {
    return Array.from(this.rest.matchAll(/\S+/gu), (match) => ({
      plain: plain(match[0]),
      endAt: this.#doneAt + match.index + match[0].length,
    }));
  }
}

/** A word cut in its second half was understood; before that it is better said again. */
export function isDelivered({ startMs, endMs }: Word, deliveredMs: number): boolean {
  return (startMs + endMs) / 2 <= deliveredMs;
}

const plain = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
