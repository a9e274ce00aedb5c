import type { AudioFormat, Heard, Word } from '../ports/index.js';
import { AudioRing, type Sink } from './audio-ring.js';
import { isLoud } from './loudness.js';

const KEEP_MS = 5000;
/** So much lost sound that may have been speech is a word that nobody heard. */
const LOST_FRAMES = 10;

/**
 * One line's sound and how much of it has been understood for good. Vendors count from the
 * first frame of their session; everything told from here is counted from the line's own.
 */
export class HeardLine {
  readonly #format: AudioFormat;
  readonly #ring: AudioRing;
  #settledMs = 0;
  #lostFrames = 0;
  #isInSpeech = false;
  #sessionFromMs = 0;

  constructor(format: AudioFormat) {
    this.#format = format;
    this.#ring = new AudioRing(format, KEEP_MS);
  }

  /** Somebody has begun to speak, by what was heard, and not ended. */
  get isInSpeech(): boolean {
    return this.#isInSpeech;
  }

  /** Answers whether there may be speech in the frame. */
  append(frame: Uint8Array, isDeaf: boolean): boolean {
    const loud = isLoud(frame, this.#format);
    const evicted = this.#ring.append(frame, loud);
    // Sound that leaves while a session has it, and nobody speaks, is lost to no one.
    if (isDeaf || this.#isInSpeech) this.#lostFrames += evicted;
    return loud;
  }

  /** What went by unheard is not coming back; answers whether somebody may have spoken in it. */
  takeLoss(): boolean {
    const isLost = this.#lostFrames >= LOST_FRAMES;
    this.#lostFrames = 0;
    return isLost;
  }

  /** Nothing up to now is to be heard again. */
  skip(): void {
    this.#settle(this.#ring.endMs);
  }

  /** Plays to a new session what no earlier one has settled, as fast as it takes it. */
  replay(sink: Sink): number {
    const fromMs = this.#ring.replay(this.#settledMs, sink);
    this.#sessionFromMs = fromMs;
    return this.#ring.endMs - fromMs;
  }

  /** In the line's own time; remembers what needs no replay any more. */
  heard(heard: Heard): Heard {
    if (heard.type === 'speech-started') this.#isInSpeech = true;
    if (heard.type !== 'segment' && heard.type !== 'turn-ended') return heard;
    const untilMs = heard.untilMs + this.#sessionFromMs;
    if (heard.type === 'turn-ended' || heard.speechFinal) this.#isInSpeech = false;
    this.#settle(untilMs);
    if (this.#sessionFromMs === 0) return heard;
    return { ...heard, untilMs, words: heard.words.map((word) => this.#moved(word)) };
  }

  #moved({ text, startMs, endMs }: Word): Word {
    return { text, startMs: startMs + this.#sessionFromMs, endMs: endMs + this.#sessionFromMs };
  }

  #settle(untilMs: number): void {
    this.#settledMs = Math.max(this.#settledMs, untilMs);
    this.#lostFrames = 0;
  }
}
