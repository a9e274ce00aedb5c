const firstFrames = 200;
/** What stays behind the last heard frame: nobody resumes from further back. */
const keptBehindFrames = 500;
/** Two minutes undelivered; a text-to-speech adapter waits long before. */
const maxFrames = 6000;

/**
 * The sound of one utterance as whole frames in one piece of memory: what comes in any pieces is
 * copied once, and a frame is a view.
 */
export class SoundStore {
  readonly frameBytes: number;
  #bytes: Uint8Array;
  #length = 0;
  /** Frames thrown away at the front. */
  #base = 0;

  constructor(frameBytes: number) {
    this.frameBytes = frameBytes;
    this.#bytes = new Uint8Array(frameBytes * firstFrames);
  }

  get frames(): number {
    return this.#base + Math.floor(this.#length / this.frameBytes);
  }

  /** Answers how many whole frames it made; `heardFrames` says what may be thrown away. */
  push(bytes: Uint8Array, heardFrames: number): number {
    const before = this.frames;
    if (this.#length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length, heardFrames);
    const room = this.#bytes.length - this.#length;
    const taken = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.#bytes.set(taken, this.#length);
    this.#length += taken.length;
    return this.frames - before;
  }

  /** Fills up the last piece with silence. */
  finish(silence: number): number {
    const rest = this.#length % this.frameBytes;
    if (rest === 0) return 0;
    return this.push(new Uint8Array(this.frameBytes - rest).fill(silence), 0);
  }

  /** Valid until the next `push`. */
  frame(index: number): Uint8Array {
    const start = (index - this.#base) * this.frameBytes;
    return this.#bytes.subarray(start, start + this.frameBytes);
  }

  #makeRoom(moreBytes: number, heardFrames: number): void {
    const old = Math.max(0, heardFrames - keptBehindFrames - this.#base) * this.frameBytes;
    this.#base += old / this.frameBytes;
    const wanted = this.#length - old + moreBytes;
    const maxBytes = maxFrames * this.frameBytes;
    const doubled = Math.max(this.#bytes.length, Math.min(maxBytes, 2 * wanted));
    const target = wanted > this.#bytes.length ? new Uint8Array(doubled) : this.#bytes;
    target.set(this.#bytes.subarray(old, this.#length));
    this.#bytes = target;
    this.#length -= old;
  }
}
