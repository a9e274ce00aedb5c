import { describe, expect, it } from '@jest/globals';
import { readNumber } from './read-number.js';

describe('a number as carriers write it', () => {
  it.each([
    ['+12025550101', '+12025550101'],
    ['12025550101', '+12025550101'],
    [' 12025550101', '+12025550101'],
    ['anonymous', null],
    ['sip:somebody@example.com', null],
    ['+0123456789', null],
    ['', null],
    [null, null],
  ])('%s is %s', (text, number) => {
    expect(readNumber(text)).toBe(number);
  });
});
