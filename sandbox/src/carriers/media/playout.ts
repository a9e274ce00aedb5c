import { FRAME_BYTES } from '../../phone/frames.js';

export interface Played {
  /** `undefined`: there was nothing to play. */
  readonly audio: Uint8Array | undefined;
  /** Marks before which everything has now been played. */
  readonly marks: readonly string[];
}

const SILENT_BYTE = 0xff;
/** What carriers keep for one call before they drop audio. */
const MAX_QUEUED_BYTES = 10 * 60 * 8_000;

/** The carrier's buffer of what the agent said, played 20 ms at a time in real time. */
export class Playout {
  readonly #chunks: Uint8Array[] = [];
  #marks: { readonly name: string; readonly atByte: number }[] = [];
  #offset = 0;
  #pushedBytes = 0;
  #playedBytes = 0;

  push(audio: Uint8Array): void {
    if (this.#pushedBytes - this.#playedBytes + audio.length > MAX_QUEUED_BYTES) return;
    this.#chunks.push(audio);
    this.#pushedBytes += audio.length;
  }

  mark(name: string): void {
    this.#marks.push({ name, atByte: this.#pushedBytes });
  }

  /** Drops what was not played and names the marks that were waiting for it. */
  clear(): readonly string[] {
    const pending = this.#marks.map((mark) => mark.name);
    this.#marks = [];
    this.#chunks.length = 0;
    this.#offset = 0;
    this.#playedBytes = this.#pushedBytes;
    return pending;
  }

  next(): Played {
    const isPlayed = (mark: { readonly atByte: number }): boolean =>
      mark.atByte <= this.#playedBytes;
    const marks = this.#marks.filter(isPlayed).map((mark) => mark.name);
    if (marks.length > 0) this.#marks = this.#marks.filter((mark) => !isPlayed(mark));
    return { audio: this.#take(), marks };
  }

  #take(): Uint8Array | undefined {
    const [first] = this.#chunks;
    if (!first) return undefined;
    if (this.#offset === 0 && first.length === FRAME_BYTES) {
      this.#chunks.shift();
      this.#playedBytes += FRAME_BYTES;
      return first;
    }
    const frame = new Uint8Array(FRAME_BYTES).fill(SILENT_BYTE);
    let filled = 0;
    while (filled < FRAME_BYTES) {
      const [chunk] = this.#chunks;
      if (!chunk) break;
      const part = chunk.subarray(this.#offset, this.#offset + FRAME_BYTES - filled);
      frame.set(part, filled);
      filled += part.length;
      this.#offset += part.length;
      if (this.#offset < chunk.length) continue;
      this.#chunks.shift();
      this.#offset = 0;
    }
    this.#playedBytes += filled;
    return frame;
  }
}
