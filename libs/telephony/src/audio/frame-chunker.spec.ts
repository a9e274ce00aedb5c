import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { frameBytesOf, FrameChunker } from './frame-chunker.js';

describe('FrameChunker', () => {
  it('E2 makes of any pieces the same frames, losing and doubling nothing', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 40 }), (given, frameBytes) => {
        const chunker = new FrameChunker(frameBytes);
        const frames = given.flatMap((piece) =>
          chunker.push(piece).map((frame) => Uint8Array.from(frame)),
        );
        const last = chunker.flush(0xff);
        const all = Buffer.concat(given);
        const whole = Math.floor(all.length / frameBytes) * frameBytes;
        expect(frames.every((frame) => frame.length === frameBytes)).toBe(true);
        expect(Buffer.concat(frames).equals(all.subarray(0, whole))).toBe(true);
        expect(last === undefined).toBe(all.length === whole);
        if (last === undefined) return;
        const padded = Buffer.alloc(frameBytes, 0xff);
        all.copy(padded, 0, whole);
        expect(padded.equals(last)).toBe(true);
      }),
    );
  });

  it('does not copy what is whole already', () => {
    const bytes = new Uint8Array(320);
    const [first] = new FrameChunker(frameBytesOf(8_000, 1)).push(bytes);
    expect(first?.buffer).toBe(bytes.buffer);
    expect(first?.length).toBe(160);
    expect(frameBytesOf(16_000, 2)).toBe(640);
  });

  it('forgets what waits', () => {
    const chunker = new FrameChunker(4);
    chunker.push(new Uint8Array(3));
    chunker.clear();
    expect(chunker.flush(0)).toBeUndefined();
    expect(chunker.push(new Uint8Array(3))).toEqual([]);
  });
});
