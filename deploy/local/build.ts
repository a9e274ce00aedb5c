import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { step } from './say.ts';
import { rootDir, type Env } from './settings.ts';

export const binDir = join(rootDir, 'node_modules/.bin');

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs to its end, or is killed by the signal; the output is kept for whoever reports it. */
export async function runQuietly(
  command: readonly [program: string, ...args: string[]],
  signal: AbortSignal,
  env: Env = {},
): Promise<Finished> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: rootDir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const onAbort = (): boolean => child.kill('SIGTERM');
  signal.addEventListener('abort', onAbort, { once: true });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  child.once('close', (code) => resolve(code ?? 1));
  try {
    const code = await promise;
    signal.throwIfAborted();
    return { code, output };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export async function build(signal: AbortSignal): Promise<void> {
  await step('building (tsc -b)', async () => {
    const { code, output } = await runQuietly([join(binDir, 'tsc'), '-b'], signal);
    if (code !== 0) throw new Failure(`The build failed:\n${output.trimEnd()}`);
  });
}
