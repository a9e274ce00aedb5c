import { describe, expect, it } from '@jest/globals';
import { checkPassword } from './password-policy.js';

const refusal = (password: string, email = 'ann.somebody@example.com'): unknown => {
  try {
    checkPassword(password, email);
    return undefined;
  } catch (error) {
    return (error as { details: { reason: string } }).details.reason;
  }
};

describe('a password', () => {
  it.each([
    ['short', 'too-short'],
    ['x'.repeat(129), 'too-long'],
    ['Password-1234', 'too-common'],
    ['qwertyuiop12', 'too-common'],
    ['aaaabbbbaaaabbbb', 'too-repetitive'],
    ['ann.somebody@example.com', 'is-the-address'],
    ['Ann.Somebody!', 'is-the-address'],
  ])('%s is %s', (password, reason) => expect(refusal(password)).toBe(reason));

  it.each(['twelve chars', 'ünïcödé påßwörd', 'x1y2z3'.repeat(21), 'a perfectly usable sentence'])(
    '%s will do',
    (password) => expect(refusal(password)).toBeUndefined(),
  );

  it('counts characters and not bytes or halves of them', () => {
    expect(refusal('🙂🙃😉😊🙂🙃😉😊🙂🙃😉')).toBe('too-short');
    expect(refusal('🙂🙃😉😊🙂🙃😉😊🙂🙃😉😊')).toBeUndefined();
  });
});
