/** What leaves for the carrier next. */
export type PlayStep =
  | { readonly type: 'frame'; readonly utterance: number; readonly index: number }
  | { readonly type: 'mark'; readonly name: string };

export type PlayFact =
  | { readonly type: 'play-started'; readonly utterance: number }
  | { readonly type: 'played'; readonly utterance: number; readonly untilMs: number }
  | { readonly type: 'play-ended'; readonly utterance: number };

export interface PlayRules {
  /** Sound that may be at the carrier and not yet played: what a late tick can cost. */
  readonly leadMs: number;
  /** Below this the carrier gets more; the distance to `leadMs` is what leaves at once. */
  readonly refillMs: number;
  readonly markEveryMs: number;
  /** An echo that is so late counts as come: some carriers forget marks. */
  readonly markPatienceMs: number;
}

export const FRAME_MS = 20;

/** Patience by how a carrier keeps its promise of echoes; `never`: the clock is all there is. */
const patienceMs = { always: 1000, sometimes: 500, never: 100 } as const;

export function playRules(markEcho: keyof typeof patienceMs): PlayRules {
  return {
    leadMs: 300,
    refillMs: 240,
    markEveryMs: 200,
    markPatienceMs: patienceMs[markEcho],
  };
}
