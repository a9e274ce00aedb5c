import { FRAME_MS, type Player, type PlayEvent } from '../../src/app/ports/index.js';

const MARK_MS = 200;

interface Utterance {
  readonly number: number;
  bytes: Uint8Array;
  playedMs: number;
  markedMs: number;
  isFinished: boolean;
  hasStarted: boolean;
}

export interface FakePlayerParts {
  readonly frameBytes: number;
  readonly tell: (event: PlayEvent) => void;
  readonly sent: (frame: Uint8Array) => void;
}

/** Plays 20 ms of sound at each tick, and nothing by itself; keeps the rules of `Player`. */
export class FakePlayer implements Player {
  readonly #parts: FakePlayerParts;
  readonly #queue: Utterance[] = [];
  /** Of this utterance and those before it nothing is taken any more. */
  #deafUntil = Number.NEGATIVE_INFINITY;
  #isPaused = false;
  #isHeld = false;
  /** How often a carrier would have been told to empty its buffer. */
  clearCount = 0;

  constructor(parts: FakePlayerParts) {
    this.#parts = parts;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether the caller hears the agent right now. */
  get isSounding(): boolean {
    return !this.#isPaused && !this.#isHeld && this.queuedMs > 0;
  }

  get queuedMs(): number {
    const undelivered = this.#queue.map((one) => this.#msOf(one) - one.playedMs);
    return undelivered.reduce((sum, one) => sum + one, 0);
  }

  play(utterance: number, bytes: Uint8Array): void {
    const target = this.#take(utterance);
    if (target === undefined || target.isFinished) return;
    const joined = new Uint8Array(target.bytes.length + bytes.length);
    joined.set(target.bytes);
    joined.set(bytes, target.bytes.length);
    target.bytes = joined;
  }

  finish(utterance: number): void {
    const target = this.#take(utterance);
    if (target !== undefined) target.isFinished = true;
    this.#settle();
  }

  pause(): { readonly utterance: number; readonly heardMs: number } | null {
    const current = this.#queue[0];
    if (current === undefined) return null;
    if (!this.#isPaused) this.clearCount += 1;
    this.#isPaused = true;
    return { utterance: current.number, heardMs: current.markedMs };
  }

  resume(fromMs: number): void {
    this.#isPaused = false;
    const current = this.#queue[0];
    if (current === undefined) return;
    const wholeMs = Math.max(0, Math.floor(fromMs / FRAME_MS) * FRAME_MS);
    current.playedMs = Math.min(wholeMs, this.#msOf(current));
    current.markedMs = Math.min(current.markedMs, current.playedMs);
  }

  drop(): void {
    this.#isPaused = false;
    const last = this.#queue.at(-1);
    if (last !== undefined) this.#deafUntil = Math.max(this.#deafUntil, last.number);
    this.#queue.length = 0;
  }

  /** The socket is away: nothing leaves, and what was not marked will be played again. */
  hold(): void {
    this.#isHeld = true;
    const current = this.#queue[0];
    if (current !== undefined) current.playedMs = current.markedMs;
  }

  release(): void {
    this.#isHeld = false;
  }

  /** 20 ms pass. */
  tick(): void {
    const current = this.#queue[0];
    if (current === undefined || this.#isPaused || this.#isHeld) return;
    const frame = this.#frameOf(current);
    if (frame === undefined) return;
    if (!current.hasStarted) this.#parts.tell({ type: 'play-started', utterance: current.number });
    current.hasStarted = true;
    this.#parts.sent(frame);
    current.playedMs += FRAME_MS;
    if (current.playedMs - current.markedMs >= MARK_MS) this.#mark(current);
    this.#settle();
  }

  #take(utterance: number): Utterance | undefined {
    if (utterance <= this.#deafUntil) return undefined;
    const last = this.#queue.at(-1);
    if (last !== undefined && utterance <= last.number) {
      return utterance === last.number ? last : undefined;
    }
    const fresh = {
      ...{ number: utterance, bytes: new Uint8Array(0), playedMs: 0, markedMs: 0 },
      ...{ isFinished: false, hasStarted: false },
    };
    this.#queue.push(fresh);
    return fresh;
  }

  #frameOf(current: Utterance): Uint8Array | undefined {
    const { frameBytes } = this.#parts;
    const start = (current.playedMs / FRAME_MS) * frameBytes;
    const piece = current.bytes.subarray(start, start + frameBytes);
    const isWhole = piece.length === frameBytes;
    return isWhole || (current.isFinished && piece.length > 0) ? piece.slice() : undefined;
  }

  #msOf(one: Utterance): number {
    return Math.ceil(one.bytes.length / this.#parts.frameBytes) * FRAME_MS;
  }

  #mark(current: Utterance): void {
    current.markedMs = current.playedMs;
    this.#parts.tell({ type: 'played', utterance: current.number, untilMs: current.markedMs });
  }

  /** An utterance is over when all of it was played, and the next one begins. */
  #settle(): void {
    for (;;) {
      const current = this.#queue[0];
      if (current === undefined || this.#isPaused || !current.isFinished) return;
      if (current.playedMs < this.#msOf(current)) return;
      if (current.markedMs < current.playedMs) this.#mark(current);
      this.#parts.tell({ type: 'play-ended', utterance: current.number });
      this.#deafUntil = Math.max(this.#deafUntil, current.number);
      this.#queue.shift();
    }
  }
}
