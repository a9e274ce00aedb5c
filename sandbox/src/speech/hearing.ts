import { Decimator } from './decimator.js';
import { decodeSound, type SpeechEncoding } from './g711.js';
import type { HeardWord } from './heard-words.js';
import { Tracker } from './tracker.js';
import {
  BLOCK_SAMPLES,
  levelOf,
  LISTENING_RATE_HZ,
  SAMPLES_PER_MS,
  VOICED_LEVEL,
  type UtteranceBank,
} from './utterance-bank.js';

const BLOCK_MS = BLOCK_SAMPLES / SAMPLES_PER_MS;
const heardRates: readonly number[] = [8000, 16_000, 24_000, 48_000];

export interface SoundFormat {
  readonly encoding: SpeechEncoding;
  /** 8000, 16000, 24000 or 48000. */
  readonly rateHz: number;
}

/** When somebody spoke, on the clock of the audio. */
export interface Voice {
  readonly startMs: number;
  readonly lastMs: number;
  /** How long altogether. */
  readonly voicedMs: number;
}

/** One ear of a stand-in: knows when somebody speaks, and understands what it was told of. */
export class Hearing {
  readonly #format: SoundFormat;
  readonly #tracker: Tracker;
  readonly #decimator: Decimator;
  /** Samples that do not fill a block yet. */
  #rest = new Int16Array(0);
  #oddByte: Uint8Array = new Uint8Array(0);
  #blocks = 0;
  #voice: Voice | undefined;

  constructor(bank: UtteranceBank, format: SoundFormat) {
    if (!canHear(format.rateHz)) throw new RangeError(`cannot hear ${format.rateHz} Hz`);
    this.#format = format;
    this.#tracker = new Tracker(bank, format.rateHz !== LISTENING_RATE_HZ);
    this.#decimator = new Decimator(format.rateHz / LISTENING_RATE_HZ);
  }

  /** How much audio came. */
  get audioMs(): number {
    return this.#blocks * BLOCK_MS;
  }

  /** Of the turn being heard; undefined: nobody has spoken yet. */
  get voice(): Voice | undefined {
    return this.#voice;
  }

  get silenceMs(): number {
    return this.#voice ? this.audioMs - this.#voice.lastMs : this.audioMs;
  }

  /** Of what was understood last. */
  get language(): string | undefined {
    return this.#tracker.language;
  }

  /** `onBlock` after every 20 ms of it, however much comes at once. */
  hear(bytes: Uint8Array, onBlock: () => void): void {
    const samples = this.#decimator.take(decodeSound(this.#whole(bytes), this.#format.encoding));
    const all = this.#afterRest(samples);
    let at = 0;
    for (; at + BLOCK_SAMPLES <= all.length; at += BLOCK_SAMPLES) {
      this.#hearBlock(all.subarray(at, at + BLOCK_SAMPLES));
      onBlock();
    }
    this.#rest = all.slice(at);
  }

  words(withGuess: boolean): readonly HeardWord[] {
    return this.#tracker.words(withGuess);
  }

  /** The turn is over: what was said in it. */
  endTurn(): readonly HeardWord[] {
    this.#voice = undefined;
    return this.#tracker.takeWords();
  }

  #hearBlock(block: Int16Array): void {
    this.#tracker.push(block);
    this.#blocks += 1;
    if (levelOf(block, 0) < VOICED_LEVEL) return;
    const { startMs = this.audioMs - BLOCK_MS, voicedMs = 0 } = this.#voice ?? {};
    this.#voice = { startMs, lastMs: this.audioMs, voicedMs: voicedMs + BLOCK_MS };
  }

  #afterRest(samples: Int16Array): Int16Array {
    if (this.#rest.length === 0) return samples;
    const all = new Int16Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    return all;
  }

  /** A sample of linear16 may come in two messages. */
  #whole(bytes: Uint8Array): Uint8Array {
    if (this.#format.encoding !== 'linear16') return bytes;
    const all = this.#oddByte.length > 0 ? Buffer.concat([this.#oddByte, bytes]) : bytes;
    const even = all.length - (all.length % 2);
    this.#oddByte = all.slice(even);
    return all.subarray(0, even);
  }
}

export function canHear(rateHz: number): boolean {
  return heardRates.includes(rateHz);
}
