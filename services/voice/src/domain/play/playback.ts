import { FRAME_MS, type PlayFact, type PlayRules, type PlayStep } from './play-step.js';
import { SentMarks } from './sent-marks.js';
import { isAllSent, isMarkDue, newUtterance, rewind, type UtteranceState } from './utterance.js';

export interface Heard {
  readonly utterance: number;
  readonly heardMs: number;
}

/**
 * Where the playing of a call stands. Knows no sound, only counts of it, and no clock: whoever
 * asks says what time it is. Utterances play in the order of their numbers.
 */
export class Playback {
  readonly #rules: PlayRules;
  readonly #queue: UtteranceState[] = [];
  readonly #marks: SentMarks;
  /** Sound of this utterance and of those before it is not taken any more. */
  #deafUntil = Number.NEGATIVE_INFINITY;
  /** When all that was sent will have been played: the carrier plays 20 ms in 20 ms. */
  #playsUntilMs = 0;
  #isPaused = false;
  #isHeld = false;
  #isRefilling = true;
  /** Of the last frame that came too late to follow the one before it, else 0. */
  #gapMs = 0;

  constructor(rules: PlayRules) {
    this.#rules = rules;
    this.#marks = new SentMarks(rules.markPatienceMs);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Sound that has not left yet. */
  get queuedMs(): number {
    let frames = 0;
    for (const one of this.#queue) frames += one.frames - one.sentFrames;
    return frames * FRAME_MS;
  }

  /** The first utterance that is not heard to its end. */
  get current(): number | null {
    return this.#queue[0]?.number ?? null;
  }

  /** True when this sound is wanted: it belongs to the newest utterance, or begins a newer one. */
  begin(utterance: number): boolean {
    const last = this.#queue.at(-1);
    if (last?.number === utterance) return !last.isFinished;
    if (utterance <= this.#deafUntil || (last !== undefined && utterance < last.number)) {
      return false;
    }
    this.#queue.push(newUtterance(utterance));
    return true;
  }

  received(utterance: number, frames: number): void {
    const one = this.#find(utterance);
    if (one !== undefined) one.frames += frames;
  }

  finish(utterance: number): void {
    const one = this.#find(utterance);
    if (one !== undefined) one.isFinished = true;
  }

  /** Sound that is at the carrier and not yet played. */
  leadMs(nowMs: number): number {
    return Math.max(0, this.#playsUntilMs - nowMs);
  }

  /** A frame that belongs to no utterance has left: a tone, the murmur of an office. */
  spent(nowMs: number): void {
    this.#playsUntilMs = Math.max(this.#playsUntilMs, nowMs) + FRAME_MS;
  }

  /** What leaves next, taken as sent; `null`: nothing yet. */
  next(nowMs: number): PlayStep | null {
    if (this.#isPaused || this.#isHeld) return null;
    for (const one of this.#queue) {
      if (isMarkDue(one, this.#rules.markEveryMs)) return this.#mark(one);
      if (one.sentFrames < one.frames) return this.#frame(one, nowMs);
      if (!isAllSent(one)) return null;
    }
    return null;
  }

  /** How long the caller heard nothing in mid-utterance before the last frame; once only. */
  takeGapMs(): number {
    const gapMs = this.#gapMs;
    this.#gapMs = 0;
    return gapMs;
  }

  /** True when `next` began an utterance with this frame. */
  begins(step: PlayStep): boolean {
    if (step.type !== 'frame') return false;
    const one = this.#find(step.utterance);
    if (one === undefined || one.hasStarted) return false;
    one.hasStarted = true;
    return true;
  }

  /** The carrier played up to a mark; one that a clear overtook is not known any more. */
  echoed(name: string): PlayFact[] {
    return this.#marks.echoed(name).flatMap((mark) => this.#heard(mark.utterance, mark));
  }

  /** Echoes that will not come: the clock says that the sound must have been played. */
  overdue(nowMs: number): PlayFact[] {
    return this.#marks.overdue(nowMs).flatMap((mark) => this.#heard(mark.utterance, mark));
  }

  /** Nothing leaves any more; answers what was heard for certain, `null` where nothing is played. */
  pause(nowMs: number): Heard | null {
    const current = this.#queue[0];
    if (current === undefined) return null;
    if (!this.#isPaused) this.#cleared(nowMs);
    this.#isPaused = true;
    return { utterance: current.number, heardMs: current.heardFrames * FRAME_MS };
  }

  resume(fromMs: number): void {
    this.#isPaused = false;
    const current = this.#queue[0];
    if (current !== undefined) rewind(current, Math.floor(fromMs / FRAME_MS));
  }

  drop(nowMs: number): void {
    this.#isPaused = false;
    this.#deafUntil = Math.max(this.#deafUntil, this.#queue.at(-1)?.number ?? this.#deafUntil);
    this.#cleared(nowMs);
    this.#queue.length = 0;
  }

  /** The socket is away: what was on its way is lost. */
  hold(nowMs: number): void {
    this.#isHeld = true;
    this.#cleared(nowMs);
  }

  release(): void {
    this.#isHeld = false;
  }

  #find(utterance: number): UtteranceState | undefined {
    return this.#queue.find((one) => one.number === utterance);
  }

  #frame(one: UtteranceState, nowMs: number): PlayStep | null {
    const leadMs = this.leadMs(nowMs);
    if (leadMs < this.#rules.refillMs) this.#isRefilling = true;
    if (leadMs + FRAME_MS > this.#rules.leadMs) this.#isRefilling = false;
    if (!this.#isRefilling) return null;
    const startsAtMs = Math.max(this.#playsUntilMs, nowMs);
    this.#gapMs = one.endsAtMs === null ? 0 : Math.max(0, startsAtMs - one.endsAtMs);
    const index = one.sentFrames;
    one.sentFrames += 1;
    this.#playsUntilMs = startsAtMs + FRAME_MS;
    one.endsAtMs = this.#playsUntilMs;
    return { type: 'frame', utterance: one.number, index };
  }

  #mark(one: UtteranceState): PlayStep {
    const isEnd = isAllSent(one);
    one.markedFrames = one.sentFrames;
    one.isEndMarked = isEnd;
    const dueAtMs = this.#playsUntilMs;
    const { number: utterance, sentFrames: frames } = one;
    return { type: 'mark', name: this.#marks.sent({ utterance, frames, isEnd, dueAtMs }) };
  }

  #heard(utterance: number, mark: { readonly frames: number; readonly isEnd: boolean }) {
    const facts: PlayFact[] = [];
    const one = this.#find(utterance);
    if (one === undefined) return facts;
    if (mark.frames > one.heardFrames) {
      one.heardFrames = mark.frames;
      facts.push({ type: 'played', utterance, untilMs: mark.frames * FRAME_MS });
    }
    if (mark.isEnd) {
      facts.push({ type: 'play-ended', utterance });
      this.#deafUntil = Math.max(this.#deafUntil, utterance);
      this.#queue.splice(this.#queue.indexOf(one), 1);
    }
    return facts;
  }

  /** The carrier's buffer is empty: what was sent and not heard will have to be sent again. */
  #cleared(nowMs: number): void {
    this.#marks.forget();
    this.#playsUntilMs = nowMs;
    this.#isRefilling = true;
    for (const one of this.#queue) rewind(one, one.heardFrames);
  }
}
