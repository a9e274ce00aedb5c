import { spawn } from 'node:child_process';
import { signalProcess } from './run-records.ts';
import { rootDir, type Env } from './settings.ts';

export interface Foreground {
  readonly args: readonly string[];
  readonly env: Env;
  readonly signal: AbortSignal;
  /** A group of its own is ended as a whole, with what it started; it has no keyboard then. */
  readonly ownGroup: boolean;
}

const killAfterMs = 3_000;

/** Runs node on our own screen and answers its exit code. */
export async function runNode({ args, env, signal, ownGroup }: Foreground): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: rootDir,
    env,
    detached: ownGroup,
    stdio: [ownGroup ? 'ignore' : 'inherit', 'inherit', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  child.once('exit', (code) => resolve(code ?? 1));
  const send = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) signalProcess(ownGroup ? -child.pid : child.pid, name);
  };
  let killer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    send('SIGTERM');
    killer = setTimeout(() => send('SIGKILL'), killAfterMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await promise;
  } finally {
    clearTimeout(killer);
    signal.removeEventListener('abort', onAbort);
    if (ownGroup) send('SIGKILL');
  }
}
