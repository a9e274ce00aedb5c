import { describe, expect, it } from '@jest/globals';
import { readWav, writeWav } from './wav.js';

describe('WAV', () => {
  const wav = { rateHz: 8000, channels: 2, samples: Int16Array.of(1, -2, 32_767, -32_768) };

  it('reads what it wrote', () => expect(readWav(writeWav(wav))).toEqual(wav));

  it('passes over chunks it does not know and believes no streamed length', () => {
    const plain = writeWav(wav);
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    const odd = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
    odd.writeUInt32LE(0xff_ff_ff_ff, 36 + list.length + 4);
    expect(readWav(odd)).toEqual(wav);
  });

  it.each([Buffer.from('RIFX'), Buffer.alloc(100), writeWav(wav).subarray(0, 30)])(
    'refuses what is none (%#)',
    (broken) => expect(() => readWav(broken)).toThrow(RangeError),
  );
});
