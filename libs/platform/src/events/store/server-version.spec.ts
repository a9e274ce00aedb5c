import { describe, expect, it } from '@jest/globals';
import { isVersionAtLeast } from './server-version.js';

describe('isVersionAtLeast', () => {
  it.each([
    ['2.10.27', '2.10.27', true],
    ['2.10.26', '2.10.27', false],
    ['2.9.10', '2.10.27', false],
    ['2.15.1', '2.10.27', true],
    ['2.12.2', '2.12.3', false],
    ['3.0.0', '2.12.3', true],
    ['v2.12.3', '2.12.3', true],
    ['2.16.0-RC.1', '2.12.3', true],
    ['unknown', '2.10.27', false],
  ])('%s is at least %s: %s', (version, wanted, expected) => {
    expect(isVersionAtLeast(version, wanted)).toBe(expected);
  });
});
