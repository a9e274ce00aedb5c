import { FRAME_MS } from './play-step.js';

/** How far one utterance has come: received, sent, marked, heard. Counts frames of 20 ms. */
export interface UtteranceState {
  readonly number: number;
  frames: number;
  sentFrames: number;
  markedFrames: number;
  heardFrames: number;
  isFinished: boolean;
  hasStarted: boolean;
  isEndMarked: boolean;
  /** When what was sent of it will have been played; `null`: nothing is under way. */
  endsAtMs: number | null;
}

export function newUtterance(number: number): UtteranceState {
  return {
    number,
    frames: 0,
    sentFrames: 0,
    markedFrames: 0,
    heardFrames: 0,
    isFinished: false,
    hasStarted: false,
    isEndMarked: false,
    endsAtMs: null,
  };
}

/** Nothing of it is under way any more: it goes on from there when it goes on. */
export function rewind(one: UtteranceState, toFrame: number): void {
  one.sentFrames = Math.max(0, Math.min(toFrame, one.frames));
  one.markedFrames = one.sentFrames;
  one.isEndMarked = false;
  one.endsAtMs = null;
}

export function isMarkDue(one: UtteranceState, markEveryMs: number): boolean {
  if (one.isEndMarked) return false;
  if (isAllSent(one)) return true;
  return (one.sentFrames - one.markedFrames) * FRAME_MS >= markEveryMs;
}

export function isAllSent(one: UtteranceState): boolean {
  return one.isFinished && one.sentFrames >= one.frames;
}
