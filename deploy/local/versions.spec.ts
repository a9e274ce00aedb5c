import { describe, expect, it } from '@jest/globals';
import { atLeast, compareVersions, parseVersion } from './versions.ts';

describe('versions', () => {
  it.each([
    ['nats-server: v2.15.1', [2, 15, 1]],
    ['db version v6.0.5', [6, 0, 5]],
    ['Redis server v=6.2.14 sha=40305114:0 malloc=libc bits=64', [6, 2, 14]],
    ['version 8000GB 4.48 pypi linux amd64', [4, 48, 0]],
    ['nothing to read', undefined],
  ])('reads %s', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected);
  });

  it('compares numbers, not letters', () => {
    expect(compareVersions([2, 10, 27], [2, 9, 99])).toBeGreaterThan(0);
    expect(compareVersions([2, 9, 10], [2, 10, 0])).toBeLessThan(0);
    expect(atLeast([2, 10, 27], [2, 10, 27])).toBe(true);
    expect(atLeast([2, 10, 26], [2, 10, 27])).toBe(false);
  });
});
