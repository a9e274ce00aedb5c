import type { AudioFormat, VoiceTrack } from '../../app/ports/index.js';
import type { VoiceWindow } from '../../domain/hearing/voice-gate.js';
import type { Batcher } from './batcher.js';
import { EnergyGate, isLoudAsVoice, levelOf } from './energy-gate.js';
import { modelWindows, STATE_SIZE, WINDOW_MS } from './judgement.js';
import { modelRateOf, WindowCutter } from './window-cutter.js';

/** A quarter of a second: what is older says nothing about now. */
const MOST_WAITING = 8;

interface Waiting {
  /** `null`: the gate let nothing through. */
  readonly sound: Float32Array | null;
  readonly levelDbfs: number;
}

export interface SileroTrackParts {
  readonly format: AudioFormat;
  readonly batcher: Batcher;
  readonly onWindow: (window: VoiceWindow) => void;
}

/** One line's way through gate and model: its last sound, what the model remembers, no more. */
export class SileroTrack implements VoiceTrack {
  readonly #parts: SileroTrackParts;
  readonly #cutter: WindowCutter;
  readonly #contextSamples: number;
  readonly #gate = new EnergyGate();
  readonly #state = new Float32Array(STATE_SIZE);
  readonly #waiting: Waiting[] = [];
  #probability = 0;
  #isJudging = false;
  #isClosed = false;

  constructor(parts: SileroTrackParts) {
    this.#parts = parts;
    this.#cutter = new WindowCutter(parts.format);
    this.#contextSamples = modelWindows[modelRateOf(parts.format)].contextSamples;
  }

  send(frame: Uint8Array): void {
    if (!this.#isClosed) this.#cutter.push(frame, this.#take);
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  readonly #take = (window: Float32Array): void => {
    const levelDbfs = levelOf(window.subarray(this.#contextSamples));
    const sound = this.#gate.lets(levelDbfs) ? window.slice() : null;
    this.#waiting.push({ sound, levelDbfs });
    if (this.#waiting.length > MOST_WAITING) this.#skipOldest();
    this.#next();
  };

  /** The model is behind: what it has no time for is taken to be as what was before it. */
  #skipOldest(): void {
    this.#waiting.shift();
    this.#tell(this.#probability);
  }

  #next(): void {
    while (!this.#isJudging && !this.#isClosed) {
      const window = this.#waiting.shift();
      if (!window) return;
      if (window.sound) this.#ask(window.sound, window.levelDbfs);
      else this.#pass();
    }
  }

  /** After a silence the model begins anew, as with a new line. */
  #pass(): void {
    this.#state.fill(0);
    this.#tell(0);
  }

  #ask(sound: Float32Array, levelDbfs: number): void {
    this.#isJudging = true;
    this.#parts.batcher.add({
      sound,
      state: this.#state,
      judged: (probability) => this.#judged(probability),
      lost: () => this.#judged(isLoudAsVoice(levelDbfs) ? 1 : 0),
    });
  }

  #judged(probability: number): void {
    this.#isJudging = false;
    if (this.#isClosed) return;
    this.#tell(probability);
    this.#next();
  }

  #tell(probability: number): void {
    this.#probability = probability;
    this.#parts.onWindow({ probability, lengthMs: WINDOW_MS });
  }
}
