/** Networks deliver in bursts; so many frames early or late are still on time. */
const ON_TIME_TICKS = 5;
/** Of a sender whose clock runs away from ours. */
const MOST_AHEAD_TICKS = 100;

export type LaneFrame = Uint8Array | null;

/** One side of a call, 20 ms a tick of the call's clock; `null` where nobody sent anything. */
export class Lane {
  #first = 0;
  #waiting: LaneFrame[] = [];

  get waitingTicks(): number {
    return this.#waiting.length;
  }

  /** A frame that came in at `tick`, spoken a little before. */
  heard(frame: Uint8Array, tick: number): void {
    if (tick - this.#next > ON_TIME_TICKS) this.#fillUpTo(tick);
    else if (this.#next - tick > ON_TIME_TICKS && !this.#closeGap()) {
      if (this.#next - tick > MOST_AHEAD_TICKS) return;
    }
    this.#waiting.push(frame);
  }

  /** A frame that left at `tick`: it sounds when those before it have sounded. */
  spoke(frame: Uint8Array, tick: number): void {
    if (this.#next - tick > MOST_AHEAD_TICKS) return;
    this.#fillUpTo(tick);
    this.#waiting.push(frame);
  }

  /** What was to sound from `tick` on never did. */
  clearFrom(tick: number): void {
    this.#waiting.length = Math.min(this.#waiting.length, Math.max(0, tick - this.#first));
  }

  /** Hands out everything before `tick`; it cannot change any more. */
  take(tick: number): readonly LaneFrame[] {
    this.#fillUpTo(tick);
    const taken = this.#waiting.splice(0, Math.max(0, tick - this.#first));
    this.#first += taken.length;
    return taken;
  }

  get #next(): number {
    return this.#first + this.#waiting.length;
  }

  #fillUpTo(tick: number): void {
    for (let missing = tick - this.#next; missing > 0; missing -= 1) this.#waiting.push(null);
  }

  /** The frames that seemed to be missing were only late. */
  #closeGap(): boolean {
    const gap = this.#waiting.lastIndexOf(null);
    if (gap < 0) return false;
    this.#waiting.splice(gap, 1);
    return true;
  }
}
