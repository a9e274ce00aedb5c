import {
  LAYER_SIZE,
  modelWindows,
  STATE_SIZE,
  type Batch,
  type Judged,
  type ModelRateHz,
} from './judgement.js';

/** One frame: a batch costs a millisecond however small it is, and nobody hears so little. */
const COLLECT_MS = 20;
/** Larger ones are no cheaper for each line. */
const MOST_IN_BATCH = 64;

/** The next window of one line; a line has at most one under way. */
export interface DueWindow {
  readonly sound: Float32Array;
  /** What the model remembers of the line; replaced by what it remembers afterwards. */
  readonly state: Float32Array;
  judged(probability: number): void;
  /** Nobody will judge it. */
  lost(): void;
}

export interface BatcherParts {
  readonly rateHz: ModelRateHz;
  readonly judge: (batch: Batch) => Promise<Judged>;
  /** Told once; from then on every window is lost. */
  readonly onBroken: (error: unknown) => void;
}

/** Collects what is due of all lines, so that the model is asked once for many. */
export class Batcher {
  readonly #parts: BatcherParts;
  #due: DueWindow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isBroken = false;

  constructor(parts: BatcherParts) {
    this.#parts = parts;
  }

  add(window: DueWindow): void {
    if (this.#isBroken) return window.lost();
    this.#due.push(window);
    if (!this.#isBusy) this.#timer ??= setTimeout(() => void this.#run(), COLLECT_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#isBroken = true;
    this.#due = [];
  }

  /** Those that became due meanwhile have waited long enough. */
  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isBusy = true;
    while (this.#due.length > 0) await this.#judge(this.#due.splice(0, MOST_IN_BATCH));
    this.#isBusy = false;
  }

  async #judge(windows: readonly DueWindow[]): Promise<void> {
    const { rateHz, judge, onBroken } = this.#parts;
    try {
      const judged = await judge(batchOf(rateHz, windows));
      windows.forEach((window, at) => {
        takeState(window.state, judged.states, { at, count: windows.length });
        window.judged(judged.probabilities[at] ?? 0);
      });
    } catch (error) {
      if (!this.#isBroken) onBroken(error);
      this.#isBroken = true;
      for (const window of [...windows, ...this.#due.splice(0)]) window.lost();
    }
  }
}

function batchOf(rateHz: ModelRateHz, windows: readonly DueWindow[]): Batch {
  const { windowSamples, contextSamples } = modelWindows[rateHz];
  const count = windows.length;
  const samples = windowSamples + contextSamples;
  const sounds = new Float32Array(count * samples);
  const states = new Float32Array(count * STATE_SIZE);
  windows.forEach(({ sound, state }, at) => {
    sounds.set(sound, at * samples);
    for (let layer = 0; layer * LAYER_SIZE < STATE_SIZE; layer += 1) {
      const own = state.subarray(layer * LAYER_SIZE, (layer + 1) * LAYER_SIZE);
      states.set(own, (layer * count + at) * LAYER_SIZE);
    }
  });
  return { rateHz, count, sounds, states };
}

function takeState(
  own: Float32Array,
  states: Float32Array,
  { at, count }: { readonly at: number; readonly count: number },
): void {
  for (let layer = 0; layer * LAYER_SIZE < STATE_SIZE; layer += 1) {
    const from = (layer * count + at) * LAYER_SIZE;
    own.set(states.subarray(from, from + LAYER_SIZE), layer * LAYER_SIZE);
  }
}
