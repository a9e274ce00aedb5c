import { describe, expect, it } from '@jest/globals';
import { SpokenText } from './spoken-text.js';

/** Words of 300 ms, one after the other. */
const timed = (...texts: readonly string[]) =>
  texts.map((text, n) => ({ text, startMs: n * 300, endMs: (n + 1) * 300 }));

function given(said: string, ...words: readonly string[]): SpokenText {
  const text = new SpokenText();
  text.add(said);
  text.timed(timed(...words));
  return text;
}

describe('SpokenText', () => {
  it('goes on after the last word that was delivered', () => {
    const text = given('Your table is booked, for two.', 'Your', 'table', 'is', 'booked,', 'for');
    text.brokeAfter(1200);
    expect(text.rest).toBe(' for two.');
  });

  it('says a word again of which less than half was heard', () => {
    const text = given('Your table is booked.', 'Your', 'table', 'is');
    text.brokeAfter(700);
    expect(text.rest).toBe(' is booked.');
    const other = given('Your table is booked.', 'Your', 'table', 'is');
    other.brokeAfter(800);
    expect(other.rest).toBe(' booked.');
  });

  it('says everything when nothing was delivered', () => {
    const text = given('Good morning.', 'Good', 'morning');
    text.brokeAfter(0);
    expect(text.rest).toBe('Good morning.');
  });

  it('gets in step again after words that a vendor says in its own way', () => {
    const text = given('It costs 42 euros today.', 'It', 'costs', 'forty', 'two', 'euros');
    text.brokeAfter(1500);
    expect(text.rest).toBe(' today.');
  });

  it('goes by the length of the sound when words have no times', () => {
    const text = given('One two three four five six seven eight.');
    text.brokeAfter(1000);
    expect(text.rest).toBe(' four five six seven eight.');
  });

  it('goes by the pace so far when the times lag behind the sound', () => {
    const text = given('aaaa bbbb cccc dddd eeee', 'aaaa', 'bbbb');
    text.brokeAfter(1300);
    expect(text.rest).toBe(' eeee');
  });

  it('keeps what comes later, and survives a second break', () => {
    const text = given('One two ', 'One');
    text.brokeAfter(300);
    text.add('three four.');
    expect(text.rest).toBe(' two three four.');
    text.timed(timed('two', 'three'));
    text.brokeAfter(600);
    expect(text.rest).toBe(' four.');
  });
});
