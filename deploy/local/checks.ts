import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { binDir, runQuietly } from './build.ts';
import { say, seconds } from './say.ts';
import { rootDir } from './settings.ts';

export interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export function addTallies(...tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, one) => sum + one.passed, 0),
    failed: tallies.reduce((sum, one) => sum + one.failed, 0),
  };
}

const buildCheck: Check = { name: 'tsc -b', command: join(binDir, 'tsc'), args: ['-b'] };

/** The rest of the checks, the longest first: they read sources and what the build wrote. */
export function staticChecks(): Check[] {
  // All tests in one run: a run for each project would read the same libraries a dozen times.
  const projects = ['tsconfig.spec.json', 'deploy/local/tsconfig.json', 'tools/tsconfig.json'];
  const scripts = globSync('tools/check-*.ts', { cwd: rootDir })
    .filter((path) => !path.endsWith('.spec.ts'))
    .toSorted();
  return [
    { name: 'oxlint', command: join(binDir, 'oxlint'), args: ['--type-aware'] },
    ...projects.map(typecheck),
    { name: 'oxfmt --check', command: join(binDir, 'oxfmt'), args: ['--check'] },
    ...scripts.map((path) => ({
      name: basename(path, '.ts'),
      command: process.execPath,
      args: [path],
    })),
  ];
}

function typecheck(project: string): Check {
  const args = ['-p', project, '--noEmit'];
  return { name: `types of ${project}`, command: join(binDir, 'tsc'), args };
}

/** The build first, then two at a time: the machine we count on has two cores. */
export async function runChecks(signal: AbortSignal, all: boolean): Promise<Tally> {
  const built = await runCheck(buildCheck, signal);
  if (!all) return built;
  const waiting = staticChecks();
  const work = async (): Promise<Tally[]> => {
    const done: Tally[] = [];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      done.push(await runCheck(next, signal));
    }
    return done;
  };
  const [first, second] = await Promise.all([work(), work()]);
  return addTallies(built, ...first, ...second);
}

async function runCheck(check: Check, signal: AbortSignal): Promise<Tally> {
  const startedAtMs = performance.now();
  const { code, output } = await runQuietly([check.command, ...check.args], signal);
  const line = `${check.name} (${seconds(startedAtMs)})`;
  if (code === 0) {
    say(`✔ ${line}`);
    return { passed: 1, failed: 0 };
  }
  say(`✖ ${line}\n${output.trimEnd()}`);
  return { passed: 0, failed: 1 };
}
