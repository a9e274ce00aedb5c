/** Audio that comes later than this after the last has run out is heard as a hole. */
const GAP_MS = 5;
/** A longer pause is a new utterance, not a hole in one. */
const PAUSE_MS = 1_000;

export interface TurnMeasure {
  readonly said: string;
  readonly speechEndedAtMs: number;
  /** `undefined`: no audible answer came. */
  readonly voiceToVoiceMs?: number;
}

export interface ClearMeasure {
  readonly atMs: number;
  readonly speechToClearMs: number;
}

export interface Measures {
  readonly turns: readonly TurnMeasure[];
  readonly gaps: readonly { readonly atMs: number; readonly gapMs: number }[];
  readonly clears: readonly ClearMeasure[];
}

/**
 * What the carrier's end of a call can measure: from the end of the caller's words to the first
 * audible sound of the agent, holes in the agent's sound, and from the caller's words to `clear`.
 */
export class Meter {
  readonly #turns: TurnMeasure[] = [];
  readonly #gaps: { atMs: number; gapMs: number }[] = [];
  readonly #clears: ClearMeasure[] = [];
  #asked: TurnMeasure | undefined;
  #audioEndsAtMs: number | undefined;
  #speechBeganMs: number | undefined;
  /** The agent was still audible when the caller fell silent: only what follows a clear answers. */
  #isTalkedOver = false;
  readonly #onTurn: ((turn: TurnMeasure) => void) | undefined;

  constructor(onTurn?: (turn: TurnMeasure) => void) {
    this.#onTurn = onTurn;
  }

  speechBegan(nowMs: number): void {
    this.#closeTurn({});
    this.#speechBeganMs = nowMs;
  }

  speechEnded(said: string, nowMs: number): void {
    this.#speechBeganMs = undefined;
    this.#asked = { said, speechEndedAtMs: nowMs };
    this.#isTalkedOver = (this.#audioEndsAtMs ?? 0) > nowMs;
    // What comes next answers the caller: it continues nothing.
    if (!this.#isTalkedOver) this.#audioEndsAtMs = undefined;
  }

  audioArrived({ durationMs, isVoiced }: { durationMs: number; isVoiced: boolean }, nowMs: number) {
    const endsAtMs = this.#audioEndsAtMs ?? nowMs;
    const gapMs = nowMs - endsAtMs;
    if (gapMs > GAP_MS && gapMs < PAUSE_MS) this.#gaps.push({ atMs: nowMs, gapMs });
    this.#audioEndsAtMs = Math.max(endsAtMs, nowMs) + durationMs;
    if (isVoiced && this.#asked && !this.#isTalkedOver) {
      this.#closeTurn({ voiceToVoiceMs: nowMs - this.#asked.speechEndedAtMs });
    }
  }

  cleared(nowMs: number): void {
    this.#audioEndsAtMs = undefined;
    this.#isTalkedOver = false;
    if (this.#speechBeganMs === undefined) return;
    this.#clears.push({ atMs: nowMs, speechToClearMs: nowMs - this.#speechBeganMs });
    this.#speechBeganMs = undefined;
  }

  measures(): Measures {
    this.#closeTurn({});
    return { turns: this.#turns, gaps: this.#gaps, clears: this.#clears };
  }

  #closeTurn(measured: Pick<TurnMeasure, 'voiceToVoiceMs'>): void {
    if (!this.#asked) return;
    const turn = { ...this.#asked, ...measured };
    this.#asked = undefined;
    this.#turns.push(turn);
    this.#onTurn?.(turn);
  }
}
