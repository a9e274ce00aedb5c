import { baseLanguage } from '@trunkline/contracts';
import { endsWithAbbreviation } from './abbreviations.js';

export interface ChunkLimits {
  /** A first clause this long is spoken before its sentence is whole: somebody is waiting. */
  readonly firstClauseCharacters: number;
  /** Later ones may be longer, which sounds better. */
  readonly clauseCharacters: number;
  readonly sentenceCharacters: number;
  /** Beyond it a chunk ends at any space. */
  readonly maxCharacters: number;
}

export const defaultChunkLimits: ChunkLimits = {
  firstClauseCharacters: 14,
  clauseCharacters: 60,
  sentenceCharacters: 2,
  maxCharacters: 240,
};

const sentenceEnd = /[.!?…]["'”’»)\]]*$/u;
/** These need no space after them. */
const closer = /["'”’»)\]]/u;
const hardOrCloser = /[।॥。！？"'”’»)\]]/u;
const hardEnd = /[।॥。！？]["”’»)\]]*$/u;
const clauseEnd = /(?:[,;:]["'”’»)\]]*|[\s][–—-]|[—])$/u;
const numberedItem = /(?:^|\n)\s*\d{1,3}[.)]$/;
/** "3, 2025" and "1, 2 and 3" belong together, and so does "am 3. Mai". */
const digitBeforeComma = /\d[,:]$/;
const shortNumber = /(?:^|\D)\d{1,2}\.$/;

/** They write "3." for "third". */
const ordinalLanguages = new Set(['de', 'da', 'no', 'cs', 'pl', 'fi']);

/**
 * Tokens in, chunks worth speaking out. Joined, the chunks are the tokens: nothing is lost,
 * added or reordered. A chunk ends only where white space follows, so that decimals, e-mail
 * addresses and URLs stay whole.
 */
export class ClauseChunker {
  readonly #limits: ChunkLimits;
  readonly #language: string;
  #rest = '';
  #isFirst = true;

  constructor(language: string, limits: ChunkLimits = defaultChunkLimits) {
    this.#language = baseLanguage(language);
    this.#limits = limits;
  }

  push(token: string): string[] {
    const searched = this.#rest.length;
    this.#rest += token;
    const chunks: string[] = [];
    let start = 0;
    for (let at = Math.max(1, searched); at < this.#rest.length; at += 1) {
      if (at <= start || !this.#mayEndAt(start, at)) continue;
      const end = afterSpace(this.#rest, at);
      chunks.push(this.#rest.slice(start, end));
      this.#isFirst = false;
      start = end;
    }
    this.#rest = this.#rest.slice(start);
    return chunks;
  }

  /** The reply is over. */
  end(): string[] {
    const last = this.#rest;
    this.#rest = '';
    this.#isFirst = true;
    return last === '' ? [] : [last];
  }

  #mayEndAt(start: number, at: number): boolean {
    const here = this.#rest.charAt(at);
    if (!isSpace(here)) return this.#endsHard(start, at);
    const before = this.#rest.slice(start, at);
    const length = before.trimStart().length;
    if (length < this.#limits.sentenceCharacters || /\s$/.test(before)) return false;
    if (length > this.#limits.maxCharacters || hardEnd.test(before)) return true;
    if (sentenceEnd.test(before)) return this.#isSentence(before);
    return here === '\n' || (length >= this.#clauseCharacters && isClause(before));
  }

  /** Scripts that put no space between sentences. */
  #endsHard(start: number, at: number): boolean {
    if (!hardOrCloser.test(this.#rest.charAt(at - 1)) || closer.test(this.#rest.charAt(at))) {
      return false;
    }
    const before = this.#rest.slice(start, at).trimStart();
    return hardEnd.test(before) && before.length >= this.#limits.sentenceCharacters;
  }

  get #clauseCharacters(): number {
    const { firstClauseCharacters, clauseCharacters } = this.#limits;
    return this.#isFirst ? firstClauseCharacters : clauseCharacters;
  }

  #isSentence(before: string): boolean {
    if (numberedItem.test(before)) return false;
    if (!before.endsWith('.')) return true;
    if (ordinalLanguages.has(this.#language) && shortNumber.test(before)) return false;
    return !endsWithAbbreviation(before, this.#language);
  }
}

function isClause(before: string): boolean {
  return clauseEnd.test(before) && !digitBeforeComma.test(before);
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || /\s/.test(character);
}

function afterSpace(text: string, at: number): number {
  let end = at;
  while (end < text.length && isSpace(text.charAt(end))) end += 1;
  return end;
}
