import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '@trunkline/platform';
import type { SoundPress } from '../../src/app/recording/ports.js';
import type { Sound } from '../../src/app/recording/sound.js';

export interface PressUnderTest {
  readonly press: SoundPress;
  /** Where it stores. */
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

const RECORD_BYTES = 320;
const never = new AbortController().signal;

/** A call whose sides each hold one level all the time. */
export function aSound(ticks: number, read?: Sound['read']): Sound {
  const about = { tenant: `t${randomUUID().slice(0, 8)}`, callId: `c${randomUUID().slice(0, 8)}` };
  return {
    header: {
      ...{ ...about, correlationId: 'r-1', campaign: null },
      ...{ encoding: 'mulaw', rateHz: 8000, stereo: true },
    },
    ticks,
    read:
      read ??
      ((_fromTick, count) => Promise.resolve(new Uint8Array(count * RECORD_BYTES).fill(0x20))),
  };
}

/** What every press has to do, in whatever thread. */
export function soundPressContract(name: string, open: () => PressUnderTest): void {
  describe(`sound press: ${name}`, () => {
    let under: PressUnderTest;

    beforeAll(() => {
      under = open();
    });
    afterAll(() => under.close());

    it('E10 stores both WAVs and the peaks, and knows their sizes and sums', async () => {
      const stored = await under.press.press(aSound(730), never);
      expect(stored.durationMs).toBe(14_600);
      for (const file of [stored.mono, stored.stereo, stored.peaks]) {
        const bytes = await under.objects.get({ bucket: 'recordings', name: file?.key ?? '' });
        expect(bytes.length).toBe(file?.sizeBytes);
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(file?.sha256);
      }
    });

    it('makes the same bytes of the same sound again', async () => {
      const sound = aSound(120);
      const once = await under.press.press(sound, never);
      expect(await under.press.press(sound, never)).toEqual(once);
    });

    it('says why a sound could not be read, and stores the next one all the same', async () => {
      const unreadable = aSound(600, () => Promise.reject(new Error('the disk is gone')));
      await expect(under.press.press(unreadable, never)).rejects.toThrow(/disk|internal/);
      await expect(under.press.press(aSound(10), never)).resolves.toMatchObject({
        durationMs: 200,
      });
    });

    it('stops when nobody waits any more', async () => {
      const stop = new AbortController();
      let reads = 0;
      const endless = aSound(3_000_000, (_fromTick, count) => {
        reads += 1;
        if (reads === 3) stop.abort(new Error('enough'));
        return Promise.resolve(new Uint8Array(count * RECORD_BYTES));
      });
      await expect(under.press.press(endless, stop.signal)).rejects.toThrow('enough');
      const readByThen = reads;
      await under.press.press(aSound(1000), never);
      expect(reads - readByThen).toBeLessThan(3);
    });
  });
}
