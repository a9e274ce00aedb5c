import { describe, expect, it } from '@jest/globals';
import { uuidV7 } from './uuid-v7.js';

describe('uuidV7', () => {
  it('carries time, version and variant', () => {
    const id = uuidV7(0x0123456789ab, new Uint8Array(10).fill(0xff));
    expect(id).toBe('01234567-89ab-7fff-bfff-ffffffffffff');
  });

  it('sorts by time whatever the dice', () => {
    const earlier = uuidV7(1_000, new Uint8Array(10).fill(0xff));
    const later = uuidV7(1_001, new Uint8Array(10));
    expect(earlier < later).toBe(true);
  });
});
