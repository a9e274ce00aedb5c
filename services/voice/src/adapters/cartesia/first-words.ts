/**
 * How many whole words are spoken without waiting for more, first and after that. Two words keep
 * the caller waiting for about two tokens and sound for half a second, in which the next six come;
 * from there on the vendor has the time to wait for whole sentences, which sound best.
 */
const helpings = [2, 8] as const;
/** Nobody thinks four words in one token: this is a phrase known beforehand, and whole. */
const PHRASE_WORDS = 4;

/** Punctuation that a speaker would pause at, or the space after a word. */
const boundary = /[,.;:!?…][”"')\]]*(?=\s|$)|\s|[。！？।、，]/gu;
const pause = /[,.;:!?…。！？।、，][”"')\]]*$/u;
/** A dot after so little is no pause: "Dr." waits for the name. */
const title = /^\s*\p{Lu}\p{L}{0,3}\.$/u;

export interface Helping {
  /** To be spoken at once, with all that was said before. */
  readonly now: string;
  /** Its last word may go on in the next text. */
  readonly later: string;
}

/** Decides how early the beginning of an utterance is spoken. */
export class FirstWords {
  #text = '';
  #served = 0;

  /** `undefined`: let the vendor wait for more. */
  push(text: string): Helping | undefined {
    const wanted = helpings[this.#served];
    if (wanted === undefined) return undefined;
    const before = this.#text.length;
    this.#text += text;
    const end = endOfWhole(this.#text, wordCount(text) >= PHRASE_WORDS);
    const whole = this.#text.slice(0, end);
    if (end < before || !isEnough(whole, wanted, this.#served === 0)) return undefined;
    this.#served = helpings.findIndex((many) => many > wordCount(whole));
    if (this.#served === -1) this.#served = helpings.length;
    return { now: text.slice(0, end - before), later: text.slice(end - before) };
  }
}

/** The first pause is taken whatever is before it: nobody says less than a word. */
function isEnough(whole: string, wanted: number, isFirst: boolean): boolean {
  const words = wordCount(whole);
  return words >= wanted || (isFirst && words > 0 && pause.test(whole) && !title.test(whole));
}

function endOfWhole(text: string, isPhrase: boolean): number {
  if (isPhrase) return text.length;
  let end = 0;
  for (const match of text.matchAll(boundary)) {
    const to = match.index + match[0].trimEnd().length;
    const mayGoOn = to === text.length && /\d[.,]$/.test(text);
    if (!mayGoOn) end = to;
  }
  return end;
}

const wordCount = (text: string): number => text.match(/[\p{L}\p{N}][^\s]*/gu)?.length ?? 0;
