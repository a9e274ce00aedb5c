import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { missingPaths, pagesOf, unlistedPages } from './named-paths.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'pages-'));
  mkdirSync(path.join(root, 'libs/kernel'), { recursive: true });
  writeFileSync(path.join(root, 'libs/kernel/README.md'), 'See `libs/kernel`.');
  const text = 'Read `libs/kernel/README.md`, `libs/<name>/x.ts`, `libs/kernel/gone.ts` and `a/b`.';
  writeFileSync(path.join(root, 'PAGE.md'), text);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the paths a page names', () => {
  it('are reported when nothing is there', () => {
    expect(missingPaths(root, 'PAGE.md')).toEqual(['libs/kernel/gone.ts']);
    expect(missingPaths(root, 'libs/kernel/README.md')).toEqual([]);
  });

  it('are looked up in every page of the repository', () => {
    expect(pagesOf(root).toSorted()).toEqual(['PAGE.md', 'libs/kernel/README.md']);
    const ours = path.join(import.meta.dirname, '../..');
    const some = ['CONTRIBUTING.md', 'services/gateway/README.md', 'docs/runbooks/forgetting.md'];
    expect(pagesOf(ours)).toEqual(expect.arrayContaining(some));
  });
});

describe('an index', () => {
  it('leads to every page beside it', () => {
    mkdirSync(path.join(root, 'docs'));
    const write = (name: string, text: string): void =>
      writeFileSync(path.join(root, 'docs', name), text);
    write('README.md', '| [one](one.md) | what one.md and other.md are about |');
    write('one.md', '');
    expect(unlistedPages(root, 'docs/README.md')).toEqual([]);
    write('other.md', '');
    expect(unlistedPages(root, 'docs/README.md')).toEqual(['docs/other.md']);
  });
});
