import { GARBLED, wordsHeard, type HeardWord, type Run } from './heard-words.js';
import {
  agreeing,
  beginningLike,
  blockOf,
  findPlace,
  isQuiet,
  placeOfFrame,
  type Block,
} from './matching.js';
import { SampleQueue } from './sample-queue.js';
import {
  BLOCK_SAMPLES,
  LEAD_BLOCKS,
  ONSET_LEVEL,
  SAMPLES_PER_MS,
  type Utterance,
  type UtteranceBank,
} from './utterance-bank.js';

const LEAD_SAMPLES = LEAD_BLOCKS * BLOCK_SAMPLES;
/** How far a beginning may have to be looked for around its onset. */
const MARGIN_SAMPLES = 16;
/** So many silent blocks that are not the utterance's: the speaker broke off. */
const BROKEN_OFF_BLOCKS = 5;
const MAX_STRANGE_BLOCKS = 25;
const MAX_GUESSES = 8;
const GARBLED_AFTER_BLOCKS = 5;

type State =
  | { readonly is: 'waiting' }
  /** Sound began; enough of it is gathered to know it. */
  | { readonly is: 'beginning'; readonly onset: number }
  | Following
  /** Sound that no utterance begins with: known by none, or from the middle of one. */
  | { readonly is: 'lost'; readonly since: number; loud: number; quiet: number; guesses: number };

interface Following {
  readonly is: 'following';
  /** All that agree with what was heard so far. */
  utterances: readonly Utterance[];
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
      this.#state = { is: 'lost', since: onset, loud: 0, quiet: 0, guesses: 0 };
      return true;
    }
    this.#followFrom(found.utterances, 0, onset + found.shift);
    return true;
  }

  #followFrom(utterances: readonly Utterance[], from: number, startSample: number): void {
    this.#at = startSample;
    const run: Run = { from, to: from, strange: 0, startSample };
    this.#language = utterances[0]?.language ?? this.#language;
    this.#state = { is: 'following', utterances, runs: [run], strange: 0, quiet: 0 };
  }

  #follow(state: Following): boolean {
    const block = this.#nextBlock();
    if (!block) return false;
    const expected = state.runs.at(-1)?.to ?? 0;
    const agree = state.strange > 0 ? [] : agreeing(state.utterances, expected, block);
    if (agree.length > 0) this.#agree(state, agree);
    else if (!this.#nextUtterance(state, expected, block)) this.#resume(state, expected, block);
    return true;
  }

  #agree(state: Following, utterances: readonly Utterance[]): void {
    const runs = state.runs.map((run, at) =>
      at === state.runs.length - 1 ? { ...run, to: run.to + 1 } : run,
    );
    this.#at += BLOCK_SAMPLES;
    this.#state = { ...state, utterances, runs };
  }

  /** The one that was followed is over: this is the beginning of another. */
  #nextUtterance(state: Following, expected: number, block: Block): boolean {
    const isOver = state.utterances.some(({ blocks }) => expected >= blocks);
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
    for (const utterance of state.utterances.slice(0, MAX_GUESSES)) {
      const place = findPlace(utterance, expected + state.strange, block);
      if (place === undefined) continue;
      const run: Run = { from: place, to: place + 1, strange: state.strange, startSample };
      const runs = [...state.runs, run];
      this.#state = { ...state, utterances: [utterance], runs, strange: 0, quiet: 0 };
      return;
    }
    const quiet = isQuiet(block) ? state.quiet + 1 : 0;
    const strange = state.strange + 1;
    this.#state = { ...state, strange, quiet };
    if (quiet >= BROKEN_OFF_BLOCKS) this.#finish();
    else if (strange >= MAX_STRANGE_BLOCKS) {
      this.#finish();
      this.#state = { is: 'lost', since: this.#at, loud: 0, quiet: 0, guesses: 0 };
    }
  }

  #search(state: Extract<State, { is: 'lost' }>): boolean {
    const block = this.#nextBlock();
    if (!block) return false;
    if (isQuiet(block)) {
      this.#at += BLOCK_SAMPLES;
      state.quiet += 1;
      if (state.quiet >= BROKEN_OFF_BLOCKS) this.#finish();
      return true;
    }
    state.quiet = 0;
    state.loud += 1;
    const isDue = state.guesses < MAX_GUESSES;
    if (isDue) state.guesses += 1;
    const place = isDue ? placeOfFrame(this.#bank.all, block) : undefined;
    if (place) {
      this.#followFrom([place.utterance], place.frame, this.#at + place.utterance.onsetInFrame);
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

/** Of those that agree, the one that is over was meant; else any, as their words are the same. */
function wordsOf(state: Following, withGuess: boolean): readonly HeardWord[] {
  const reached = state.runs.at(-1)?.to ?? 0;
  const meant = state.utterances.filter(({ blocks }) => blocks <= reached);
  const [utterance] = [...meant.toSorted((a, b) => b.blocks - a.blocks), ...state.utterances];
  return utterance ? wordsHeard(utterance, state.runs, withGuess) : [];
}
