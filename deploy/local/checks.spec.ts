import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { staticChecks } from './checks.ts';
import { rootDir } from './settings.ts';

interface Project {
  readonly compilerOptions: object;
  readonly include: readonly string[];
}

function read(path: string): Project {
  return JSON.parse(readFileSync(join(rootDir, path), 'utf8')) as Project;
}

const ofProjects = globSync(['*/*/tsconfig.spec.json', '*/tsconfig.spec.json'], { cwd: rootDir });
const all = read('tsconfig.spec.json');

describe('the types of the tests', () => {
  it('are checked in one run', () => {
    const names = staticChecks().map((check) => check.name);
    const runs = names.filter((name) => name.includes('tsconfig.spec.json'));
    expect(runs).toEqual(['types of tsconfig.spec.json']);
  });

  it.each(ofProjects)('of %s have a part in it, under the same options', (path) => {
    const { compilerOptions, include } = read(path);
    expect(compilerOptions).toEqual(all.compilerOptions);
    const covered = all.include.flatMap((pattern) => globSync(pattern, { cwd: rootDir }));
    const folders = globSync([...include], { cwd: join(rootDir, dirname(path)) });
    const own = folders.map((folder) => join(dirname(path), folder));
    expect(covered).toEqual(expect.arrayContaining(own));
  });
});
