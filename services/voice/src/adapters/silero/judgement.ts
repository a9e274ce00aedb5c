/** What the model hears in one piece: 32 ms, and what came just before. */
export const modelWindows = {
  8000: { windowSamples: 256, contextSamples: 32 },
  16000: { windowSamples: 512, contextSamples: 64 },
} as const;
export type ModelRateHz = keyof typeof modelWindows;

export const WINDOW_MS = 32;
/** What the model remembers of one line, in two layers. */
export const STATE_LAYERS = 2;
export const LAYER_SIZE = 128;
export const STATE_SIZE = STATE_LAYERS * LAYER_SIZE;

/** Windows of different lines, judged at once; the layout is the model's. */
export interface Batch {
  readonly rateHz: ModelRateHz;
  readonly count: number;
  /** One after the other, each with its context before it. */
  readonly sounds: Float32Array<ArrayBuffer>;
  /** All first layers, then all second ones. */
  readonly states: Float32Array<ArrayBuffer>;
}

export interface Judged {
  readonly probabilities: Float32Array;
  readonly states: Float32Array;
}

export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'broken'; readonly error: unknown }
  | ({ readonly type: 'judged'; readonly number: number } & Judged);

export type Question = 'stop' | { readonly number: number; readonly batch: Batch };
