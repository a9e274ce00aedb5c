import { GARBLED, wordsHeard, type HeardWord, type Run } from './heard-words.js';
import {
  agreeing,
  alikeUntil,
  beginningLike,
  blockOf,
  isQuiet,
  matches,
  resuming,
  type Block,
  type Candidate,
} from './matching.js';
import { SampleQueue } from './sample-queue.js';
import {
  BLOCK_SAMPLES,
  LEAD_BLOCKS,
  ONSET_LEVEL,
  SAMPLES_PER_MS,
  VOICED_LEVEL,
  type Place,
  type UtteranceBank,
} from './utterance-bank.js';

const LEAD_SAMPLES = LEAD_BLOCKS * BLOCK_SAMPLES;
/** How far a beginning may have to be looked for around its onset. */
const MARGIN_SAMPLES = 16;
/** So many silent blocks that are not the utterance's: the speaker broke off. */
const BROKEN_OFF_BLOCKS = 5;
const MAX_STRANGE_BLOCKS = 25;
const GARBLED_AFTER_BLOCKS = 5;

type State =
  | { readonly is: 'waiting' }
  /** Sound began; enough of it is gathered to know it. */
  | { readonly is: 'beginning'; readonly onset: number }
  | Following
  /** Sound that no utterance begins with: known by none, or from the middle of one. */
  | { readonly is: 'lost'; readonly since: number; loud: number; quiet: number };

interface Following {
  readonly is: 'following';
  /** All that agree with what was heard so far. */
  candidates: readonly Candidate[];
  /** Before this block the first candidate speaks for all. */
  alikeUntil: number;
  /** By the blocks of the first candidate. */
  runs: readonly Run[];
  /** Blocks since the last run that are not the utterance's, and how many of them are quiet. */
  strange: number;
  quiet: number;
}

/** Finds out which utterances are heard, block by block, and what was lost of them. */
export class Tracker {
  readonly #bank: UtteranceBank;
  readonly #isResampled: boolean;
  readonly #queue = new SampleQueue();
  #state: State = { is: 'waiting' };
  #at = 0;
  #words: readonly HeardWord[] = [];
  #language: string | undefined;

  constructor(bank: UtteranceBank, isResampled: boolean) {
    this.#bank = bank;
    this.#isResampled = isResampled;
  }

  /** At 8 kHz. */
  push(samples: Int16Array): void {
    this.#queue.push(samples);
    while (this.#step());
    this.#queue.dropBefore(this.#at - MARGIN_SAMPLES);
  }

  /** Understood since the last `takeWords`; with guesses of the word being heard if wanted. */
  words(withGuess: boolean): readonly HeardWord[] {
    const state = this.#state;
    return state.is === 'following' ? [...this.#words, ...wordsOf(state, withGuess)] : this.#words;
  }

  /** Of the utterance heard last. */
  get language(): string | undefined {
    return this.#language;
  }

  /** Ends whatever is being heard. */
  takeWords(): readonly HeardWord[] {
    this.#finish();
    const words = this.#words;
    this.#words = [];
    return words;
  }

  /** False: more samples are needed. */
  #step(): boolean {
    switch (this.#state.is) {
      case 'waiting':
        return this.#awaitOnset();
      case 'beginning':
        return this.#identify(this.#state.onset);
      case 'following':
        return this.#follow(this.#state);
      case 'lost':
        return this.#search(this.#state);
    }
  }

  #awaitOnset(): boolean {
    const onset = this.#queue.findLoud(this.#at, ONSET_LEVEL);
    if (onset === undefined) {
      this.#at = this.#queue.end;
      return false;
    }
    this.#at = onset;
    this.#state = { is: 'beginning', onset };
    return true;
  }

  #identify(onset: number): boolean {
    if (this.#queue.end < onset + LEAD_SAMPLES + MARGIN_SAMPLES) return false;
    const first = Math.max(this.#queue.start, onset - MARGIN_SAMPLES);
    const samples = this.#queue.slice(first, onset + LEAD_SAMPLES + MARGIN_SAMPLES);
    const at = { at: onset - first, length: LEAD_SAMPLES, isResampled: this.#isResampled };
    const found = beginningLike(this.#bank, samples, at);
    if (!found && isClick(samples.subarray(at.at))) {
      this.#at = onset + BLOCK_SAMPLES;
      this.#state = { is: 'waiting' };
      return true;
    }
    if (!found) {
      this.#at = Math.ceil(onset / BLOCK_SAMPLES) * BLOCK_SAMPLES;
      this.#state = { is: 'lost', since: onset, loud: 0, quiet: 0 };
      return true;
    }
    const candidates = found.utterances.map((utterance) => ({ utterance, shift: 0 }));
    this.#followFrom(candidates, 0, onset + found.shift);
    return true;
  }

  #followFrom(candidates: readonly Candidate[], from: number, startSample: number): void {
    this.#at = startSample;
    const run: Run = { from, to: from, strange: 0, startSample };
    this.#language = candidates[0]?.utterance.language ?? this.#language;
    const rest = { alikeUntil: alikeUntil(candidates, from), strange: 0, quiet: 0 };
    this.#state = { is: 'following', candidates, runs: [run], ...rest };
  }

  #follow(state: Following): boolean {
    const block = this.#nextBlock();
    if (!block) return false;
    const expected = state.runs.at(-1)?.to ?? 0;
    const agree = state.strange > 0 ? [] : this.#agreeing(state, expected, block);
    if (agree.length > 0) this.#agree(state, agree);
    else if (!this.#nextUtterance(state, expected, block)) this.#resume(state, expected, block);
    return true;
  }

  #agreeing(state: Following, expected: number, block: Block): readonly Candidate[] {
    const { candidates } = state;
    if (expected >= state.alikeUntil) return agreeing(candidates, expected, block);
    const [first] = candidates;
    return first && matches(first.utterance, expected + first.shift, block) ? candidates : [];
  }

  #agree(state: Following, candidates: readonly Candidate[]): void {
    const runs = state.runs.map((run, at) =>
      at === state.runs.length - 1 ? { ...run, to: run.to + 1 } : run,
    );
    this.#at += BLOCK_SAMPLES;
    const next = runs.at(-1)?.to ?? 0;
    const isKnown = next <= state.alikeUntil;
    const until = isKnown ? state.alikeUntil : alikeUntil(candidates, next);
    this.#state = { ...state, candidates, runs, alikeUntil: until };
  }

  /** The one that was followed is over: this is the beginning of another. */
  #nextUtterance(state: Following, expected: number, block: Block): boolean {
    const isOver = state.candidates.some(
      ({ utterance, shift }) => expected + shift >= utterance.blocks,
    );
    if (!isOver || state.strange > 0) return false;
    const onset = block.samples.findIndex((sample) => Math.abs(sample) >= ONSET_LEVEL);
    this.#finish();
    this.#at += Math.max(0, onset);
    return true;
  }

  /** Something was lost, doubled or added: where does it go on? */
  #resume(state: Following, expected: number, block: Block): void {
    const startSample = this.#at;
    this.#at += BLOCK_SAMPLES;
    const found = resuming(state.candidates, expected + state.strange, block);
    if (found) {
      const { index, candidates } = found;
      const run: Run = { from: index, to: index + 1, strange: state.strange, startSample };
      const runs = [...state.runs, run];
      const rest = { alikeUntil: alikeUntil(candidates, index), strange: 0, quiet: 0 };
      this.#state = { ...state, candidates, runs, ...rest };
      return;
    }
    const quiet = isQuiet(block) ? state.quiet + 1 : 0;
    const strange = state.strange + 1;
    this.#state = { ...state, strange, quiet };
    if (quiet >= BROKEN_OFF_BLOCKS) this.#finish();
    else if (strange >= MAX_STRANGE_BLOCKS) {
      this.#finish();
      this.#state = { is: 'lost', since: this.#at, loud: 0, quiet: 0 };
    }
  }

  #search(state: Extract<State, { is: 'lost' }>): boolean {
    const block = this.#nextBlock();
    if (!block) return false;
    if (block.level < VOICED_LEVEL) {
      this.#at += BLOCK_SAMPLES;
      state.quiet += 1;
      if (state.quiet >= BROKEN_OFF_BLOCKS) this.#finish();
      return true;
    }
    state.quiet = 0;
    state.loud += 1;
    const places = this.#bank.placesOf(block.samples);
    const [first] = places;
    if (first) {
      this.#followFrom(
        candidatesAt(first, places),
        first.frame,
        this.#at + first.utterance.onsetInFrame,
      );
      return true;
    }
    if (state.loud === GARBLED_AFTER_BLOCKS) this.#garble(state.since);
    this.#at += BLOCK_SAMPLES;
    return true;
  }

  #garble(since: number): void {
    const startMs = since / SAMPLES_PER_MS;
    const word = { text: GARBLED, startMs, endMs: this.#at / SAMPLES_PER_MS };
    this.#words = [...this.#words, word];
  }

  #finish(): void {
    if (this.#state.is === 'following') {
      this.#words = [...this.#words, ...wordsOf(this.#state, false)];
    }
    this.#state = { is: 'waiting' };
  }

  #nextBlock(): Block | undefined {
    if (this.#queue.end < this.#at + BLOCK_SAMPLES) return undefined;
    return blockOf(this.#queue.slice(this.#at, this.#at + BLOCK_SAMPLES));
  }
}

/** Over after a block: no speech, and no reason to miss the beginning of some. */
function isClick(samples: Int16Array): boolean {
  return isQuiet(blockOf(samples.subarray(BLOCK_SAMPLES, LEAD_SAMPLES)));
}

/** Those whose frames lie alike, so that their blocks do too. */
function candidatesAt(first: Place, places: readonly Place[]): readonly Candidate[] {
  return places
    .filter(({ utterance }) => utterance.onsetInFrame === first.utterance.onsetInFrame)
    .map(({ utterance, frame }) => ({ utterance, shift: frame - first.frame }));
}

/** Of those that agree, the one that is over was meant; else any, as their words are the same. */
function wordsOf(state: Following, withGuess: boolean): readonly HeardWord[] {
  const reached = state.runs.at(-1)?.to ?? 0;
  const meant = state.candidates
    .filter(({ utterance, shift }) => utterance.blocks <= reached + shift)
    .toSorted((a, b) => b.utterance.blocks - a.utterance.blocks);
  const [candidate] = [...meant, ...state.candidates];
  if (!candidate) return [];
  const { utterance, shift } = candidate;
  const runs = state.runs.map((run) => ({ ...run, from: run.from + shift, to: run.to + shift }));
  return wordsHeard(utterance, runs, withGuess);
}
