import { describe, expect, it } from '@jest/globals';
import { Synthesizer } from './synthesizer.js';
import { prepareSpeech, speak, speech } from './speak.js';

const level = (samples: Int16Array): number =>
  samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / samples.length;

describe('speak', () => {
  it('makes audible speech, the same every time and from the cache the second time', () => {
    const first = speak('Hello, I would like a table for two.', { rateHz: 8000 });
    expect(first.length).toBeGreaterThan(8000);
    expect(level(first)).toBeGreaterThan(500);
    expect(speak('Hello, I would like a table for two.', { rateHz: 8000 })).toBe(first);
  });

  it('says a word the same whatever was said before', async () => {
    const [first, second] = [new Synthesizer(), new Synthesizer()];
    const words = ['order', 'goodbye', '-5', '<b>', '164'];
    const one = await first.soundsLater(words, 'en-us');
    const other = second.sounds(words.toReversed(), 'en-us').toReversed();
    expect(one).toEqual(other);
    expect(one.map((sound) => sound.length > 1000)).toEqual(words.map(() => true));
  });

  it('times words alike at every rate', async () => {
    await prepareSpeech('Yes - please, do.');
    const [low, high] = [8000, 24_000].map((rateHz) => speech('Yes - please, do.', { rateHz }));
    expect(low?.words).toEqual(high?.words);
    expect(low?.words.map(({ text }) => text)).toEqual(['Yes', '-', 'please,', 'do.']);
    expect(Math.abs((high?.samples.length ?? 0) / 3 - (low?.samples.length ?? 0))).toBeLessThan(2);
  });

  it('never pauses for as long as the end of a turn', () => {
    const { words } = speech('One. Two! Three? Four, five; six', { rateHz: 8000 });
    const pauses = words.slice(1).map(({ startMs }, at) => startMs - (words[at]?.endMs ?? 0));
    expect(Math.max(...pauses)).toBeLessThan(240);
  });

  it.each(['', '...', '<b>', '&amp; "quoted" 12,345.67 €', 'नमस्ते दुनिया'])('takes %j', (text) => {
    expect(
      speech(text, { rateHz: 8000 })
        .words.map((word) => word.text)
        .join(' '),
    ).toBe(text);
  });
});
