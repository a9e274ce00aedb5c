import { describe, expect, it } from '@jest/globals';
import { Renderer } from './rendered.js';

const phone = { encoding: 'pcm_mulaw', rateHz: 8000 } as const;

describe('a renderer', () => {
  it('makes chunks of 100 ms that joined are the whole speech, with a pause behind it', async () => {
    const { chunks, words, durationMs } = await new Renderer().render('Hello there.', phone);
    const bytes = chunks.map(({ data }) => Buffer.from(data, 'base64'));
    expect(bytes.slice(0, -1).every(({ length }) => length === 800)).toBe(true);
    expect(Buffer.concat(bytes).length).toBe(durationMs * 8);
    expect(words.map(({ text }) => text)).toEqual(['Hello', 'there.']);
    expect(durationMs - (words.at(-1)?.endMs ?? 0)).toBeGreaterThan(100);
  });

  it('makes a text once, also for those who ask while it is made', async () => {
    const renderer = new Renderer();
    const [first, second] = await Promise.all([
      renderer.render('Hello there.', phone),
      renderer.render('Hello there.', phone),
    ]);
    expect(second).toBe(first);
    expect(await renderer.render('Hello there.', phone)).toBe(first);
    expect(await renderer.render('Hello there.', { ...phone, rateHz: 16_000 })).not.toBe(first);
  });

  it.each([
    ['pcm_alaw', 1],
    ['pcm_s16le', 2],
    ['pcm_f32le', 4],
  ] as const)('makes %s too', async (encoding, sampleBytes) => {
    const { chunks } = await new Renderer().render('Hello there.', { ...phone, encoding });
    expect(Buffer.from(chunks[0]?.data ?? '', 'base64')).toHaveLength(800 * sampleBytes);
  });
});
