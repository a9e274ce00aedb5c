import { bytesPerFrame, FRAME_MS, type AudioFormat } from '../ports/index.js';

/** Takes a frame whose bytes are only lent. */
export type Sink = (frame: Uint8Array, isLoud: boolean) => void;

/** The last few seconds of a line, by position since its first byte. Allocates once. */
export class AudioRing {
  readonly #frameBytes: number;
  readonly #slots: number;
  readonly #sound: Uint8Array;
  readonly #loud: Uint8Array;
  #endBytes = 0;

  constructor(format: AudioFormat, keepMs: number) {
    this.#frameBytes = bytesPerFrame(format);
    this.#slots = keepMs / FRAME_MS;
    this.#sound = new Uint8Array(this.#slots * this.#frameBytes);
    this.#loud = new Uint8Array(this.#slots);
  }

  get endMs(): number {
    return this.toMs(this.#endBytes);
  }

  /** Before this position the sound is gone. */
  get startMs(): number {
    const slot = Math.ceil(this.#endBytes / this.#frameBytes);
    return Math.max(0, slot - this.#slots) * FRAME_MS;
  }

  /** Copies the frame; answers how many loud frames it pushed out. */
  append(frame: Uint8Array, isLoud: boolean): number {
    let evicted = 0;
    for (let at = 0; at < frame.length;) {
      const place = this.#endBytes % this.#sound.length;
      const room = this.#frameBytes - (place % this.#frameBytes);
      const piece = frame.length - at <= room && at === 0 ? frame : frame.subarray(at, at + room);
      evicted += this.#enter(place, isLoud);
      this.#sound.set(piece, place);
      this.#endBytes += piece.length;
      at += piece.length;
    }
    return evicted;
  }

  /** Hands out what is kept from `fromMs` on, frame by frame, and answers where it began. */
  replay(fromMs: number, sink: Sink): number {
    const startMs = this.startFrom(fromMs);
    const first = (startMs / FRAME_MS) * this.#frameBytes;
    for (let at = first; at < this.#endBytes; at += this.#frameBytes) {
      const place = at % this.#sound.length;
      const length = Math.min(this.#frameBytes, this.#endBytes - at);
      const isLoud = this.#loud[place / this.#frameBytes] === 1;
      sink(this.#sound.subarray(place, place + length), isLoud);
    }
    return startMs;
  }

  /** The whole frame at or before `fromMs` that is still kept. */
  startFrom(fromMs: number): number {
    return Math.max(this.startMs, Math.floor(Math.min(fromMs, this.endMs) / FRAME_MS) * FRAME_MS);
  }

  toMs(bytes: number): number {
    return (bytes / this.#frameBytes) * FRAME_MS;
  }

  /** Marks the frame a piece falls into; a piece that begins one pushes the oldest out. */
  #enter(place: number, isLoud: boolean): number {
    const slot = Math.floor(place / this.#frameBytes);
    const isNew = place % this.#frameBytes === 0;
    const evicted = isNew && this.#endBytes >= this.#sound.length ? (this.#loud[slot] ?? 0) : 0;
    this.#loud[slot] = isLoud || (!isNew && this.#loud[slot] === 1) ? 1 : 0;
    return evicted;
  }
}
