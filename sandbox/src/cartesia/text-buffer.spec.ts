import { describe, expect, it } from '@jest/globals';
import { TextBuffer } from './text-buffer.js';

/** What is given out after each piece, all at the same moment. */
const given = (pieces: readonly string[], delayMs = 3000): readonly string[] => {
  const buffer = new TextBuffer(delayMs);
  return pieces.map((piece) => {
    buffer.push(piece, 0);
    return buffer.take(0);
  });
};

describe('the text the real one would hold', () => {
  it('is held until a sentence ends', () => {
    expect(given(['Hel', 'lo', ' there', '.', ' How', ' are', ' you', '?'])).toEqual([
      '',
      '',
      '',
      'Hello there.',
      '',
      '',
      '',
      ' How are you?',
    ]);
  });

  it('is given up to the last sentence that ended', () => {
    expect(given(['One. Two! Thr', 'ee'])).toEqual(['One. Two!', '']);
  });

  it.each([['It costs 3.'], ['Ask Dr.'], ['Ask J.'], ['See e.g.'], ['12']])(
    'is held when it only looks like an end: %j',
    (text) => expect(given([text])).toEqual(['']),
  );

  it('goes on after a number that did end the sentence', () => {
    expect(given(['It costs 3.', ' Fine'])).toEqual(['', 'It costs 3.']);
    expect(given(['It costs 3.', '50', ' now.'])).toEqual(['', '', 'It costs 3.50 now.']);
  });

  it.each(['好的。', 'ठीक है।', 'He said “no.”', 'Wait…'])('ends with %j', (text) =>
    expect(given([text])).toEqual([text]),
  );

  it('is given by whole words when there are about twenty', () => {
    const nineteen = 'word '.repeat(19);
    expect(given([nineteen, 'and', ' mor'])).toEqual(['', '', `${nineteen}and `]);
  });

  it('is given when the delay passed since the last text, not before', () => {
    const buffer = new TextBuffer(3000);
    buffer.push('Hello', 0);
    buffer.push(' you', 1000);
    expect([buffer.dueAtMs, buffer.take(3999), buffer.take(4000)]).toEqual([4000, '', 'Hello you']);
    expect(buffer.dueAtMs).toBeUndefined();
  });

  it('is not held at all when the client says so', () => {
    expect(given(['Hel', 'lo'], 0)).toEqual(['Hel', 'lo']);
  });

  it('is bounded', () => {
    const buffer = new TextBuffer(3000);
    expect([buffer.push('x'.repeat(100_000), 0), buffer.push('x', 0)]).toEqual([true, false]);
    expect(buffer.takeAll()).toHaveLength(100_000);
  });
});
