import { describe, expect, it } from '@jest/globals';
import { normaliseEmail } from './email-address.js';

describe('an e-mail address', () => {
  it.each([
    ['Ann@Example.COM', 'ann@example.com'],
    [' ann@example.com ', 'ann@example.com'],
    ['ａｎｎ@example.com', 'ann@example.com'],
    ['ann+tag@example.com', 'ann+tag@example.com'],
  ])('%s is the mailbox %s', (given, same) => expect(normaliseEmail(given)).toBe(same));
});
