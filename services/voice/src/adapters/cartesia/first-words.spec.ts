import { describe, expect, it } from '@jest/globals';
import { FirstWords } from './first-words.js';

/** What is spoken at once after each token; `-` where the vendor may wait. */
function served(...tokens: readonly string[]): string[] {
  const first = new FirstWords();
  return tokens.map((token) => {
    const helping = first.push(token);
    return helping ? `${helping.now}|${helping.later}` : '-';
  });
}

describe('FirstWords', () => {
  it('speaks two words once it is sure that they are whole', () => {
    expect(served('Good', ' mor', 'ning', ' to')).toEqual(['-', '-', '-', '| to']);
  });

  it('speaks a single word before a pause', () => {
    expect(served('Sure', ', let')).toEqual(['-', ',| let']);
  });

  it('goes on with six more, and then leaves it to the vendor', () => {
    const tokens = 'I can look that up for you right now if you like'.split(/(?= )/);
    const helpings = served(...tokens);
    expect(helpings.filter((helping) => helping !== '-')).toEqual(['| look', '| now']);
  });

  it('takes a whole phrase as it is', () => {
    expect(served('Thank you for calling Acme. How can I help')).toEqual([
      'Thank you for calling Acme. How can I help|',
    ]);
  });

  it('is not fooled by numbers and titles', () => {
    expect(served('3.', '5', ' percent', ' of')).toEqual(['-', '-', '-', '| of']);
    expect(served('Dr.', ' Who', ' is')).toEqual(['-', '-', '| is']);
  });
});
