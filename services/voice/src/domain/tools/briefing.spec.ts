import { describe, expect, it } from '@jest/globals';
import { briefingOf } from './briefing.js';

const press = 'Press 1.';

describe('briefingOf', () => {
  it.each([
    ['Ann asks for a refund', 'Ann asks for a refund. Press 1.'],
    ['  Ann asks\n for a refund!  ', 'Ann asks for a refund! Press 1.'],
    ['', 'Press 1.'],
  ])('says %j as %j', (summary, spoken) => {
    expect(briefingOf(summary, press)).toBe(spoken);
  });

  it('is bounded at the end of a sentence, else of a word', () => {
    const sentence = 'Ann asks for a refund. ';
    const long = briefingOf(sentence.repeat(40), press);
    expect(long.length).toBeLessThanOrEqual(400 + press.length + 1);
    expect(long).toMatch(/refund\. Press 1\.$/);
    expect(briefingOf('word '.repeat(200), press)).toMatch(/word\. Press 1\.$/);
  });
});
