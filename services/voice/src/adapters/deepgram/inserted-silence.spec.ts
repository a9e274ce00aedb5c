import { describe, expect, it } from '@jest/globals';
import { InsertedSilence } from './inserted-silence.js';

describe('InsertedSilence', () => {
  it('takes out of the vendor’s times what the line never sent', () => {
    const inserted = new InsertedSilence();
    inserted.add(1000, 500);
    inserted.add(1500, 500);
    inserted.add(5000, 500);
    expect([500, 1000, 1400, 2000, 3000, 5500, 6000].map(inserted.toLineMs)).toEqual([
      500, 1000, 1000, 1000, 2000, 4000, 4500,
    ]);
  });

  it('stays small over a long call', () => {
    const inserted = new InsertedSilence();
    for (let n = 0; n < 1000; n += 1) inserted.add(n * 2000 + 1000, 1000);
    expect(inserted.toLineMs(2_000_000)).toBe(1_000_000);
  });
});
