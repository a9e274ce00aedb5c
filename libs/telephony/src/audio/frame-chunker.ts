import { AppError } from '@trunkline/kernel';

/** Bytes of 20 ms. */
export function frameBytesOf(rateHz: number, bytesPerSample: 1 | 2): number {
  return (rateHz / 50) * bytesPerSample;
}

/** Cuts a stream of any pieces into whole frames; less than one frame waits inside. */
export class FrameChunker {
  readonly #rest: Uint8Array;
  #restBytes = 0;

  constructor(readonly frameBytes: number) {
    if (!Number.isInteger(frameBytes) || frameBytes < 1) throw new AppError('internal');
    this.#rest = new Uint8Array(frameBytes);
  }

  /** Frames are views into `bytes` where they can be: use them before it is written again. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = this.#fill(bytes, frames);
    for (; at + this.frameBytes <= bytes.length; at += this.frameBytes) {
      frames.push(bytes.subarray(at, at + this.frameBytes));
    }
    if (at < bytes.length) {
      this.#rest.set(bytes.subarray(at));
      this.#restBytes = bytes.length - at;
    }
    return frames;
  }

  /** The last piece, filled up with silence: `MU_LAW_SILENCE`, `A_LAW_SILENCE` or 0. */
  flush(silence: number): Uint8Array | undefined {
    if (this.#restBytes === 0) return undefined;
    const frame = this.#rest.slice();
    frame.fill(silence, this.#restBytes);
    this.#restBytes = 0;
    return frame;
  }

  /** Forgets what waits, as a barge-in does. */
  clear(): void {
    this.#restBytes = 0;
  }

  #fill(bytes: Uint8Array, frames: Uint8Array[]): number {
    if (this.#restBytes === 0) return 0;
    const taken = Math.min(this.frameBytes - this.#restBytes, bytes.length);
    this.#rest.set(bytes.subarray(0, taken), this.#restBytes);
    this.#restBytes += taken;
    if (this.#restBytes === this.frameBytes) {
      frames.push(this.#rest.slice());
      this.#restBytes = 0;
    }
    return taken;
  }
}
