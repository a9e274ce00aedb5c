import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tally } from './checks.ts';
import { runNode } from './foreground.ts';
import { rootDir, type Env } from './settings.ts';

export interface JestRun {
  readonly projects: readonly string[];
  readonly args: readonly string[];
  readonly dataDir: string;
  readonly env: Env;
  readonly signal: AbortSignal;
}

// Jest runs native ESM only with the flag, and node warns of it in every worker.
const nodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** One run for all kinds, so that Jest's own summary counts everything. */
export async function runJest(run: JestRun): Promise<Tally> {
  const resultPath = join(run.dataDir, 'jest.json');
  const temporary = join(run.dataDir, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const code = await runNode({
    args: [
      join(rootDir, 'node_modules/jest/bin/jest.js'),
      ...run.args,
      ...['--maxWorkers=2', '--passWithNoTests', '--json', `--outputFile=${resultPath}`],
      `--cacheDirectory=${join(rootDir, 'node_modules/.cache/jest')}`,
      ...['--selectProjects', ...run.projects],
    ],
    env: {
      ...run.env,
      NODE_ENV: 'test',
      NODE_OPTIONS: nodeOptions,
      // What the tests start keeps its data here, so that it is found and removed with the run.
      TMPDIR: temporary,
    },
    signal: run.signal,
    ownGroup: true,
  });
  run.signal.throwIfAborted();
  return tallyOf(resultPath, code);
}

/** A suite that could not run counts as one failure; so does Jest itself when it fails without one. */
function tallyOf(resultPath: string, code: number): Tally {
  if (!existsSync(resultPath)) return { passed: 0, failed: code === 0 ? 0 : 1 };
  const result = JSON.parse(readFileSync(resultPath, 'utf8')) as JestResult;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: Math.max(failed, code === 0 ? 0 : 1) };
}
