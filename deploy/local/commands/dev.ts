import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { binDir } from '../build.ts';
import {
  dataDirFrom,
  leaveDataFolder,
  openDataFolder,
  runningLauncher,
  takeDataFolder,
} from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { followLog } from '../follow-log.ts';
import { forEver, type Interruption } from '../interruption.ts';
import { signalProcess } from '../run-records.ts';
import { say } from '../say.ts';
import { rootDir, type Env } from '../settings.ts';
import { bringUp } from './start.ts';

/** The platform with a compiler beside it: a save is compiled, and node restarts what it touches. */
export async function dev(env: Env, interruption: Interruption): Promise<number> {
  const dataDir = dataDirFrom(env);
  const pid = runningLauncher(dataDir);
  if (pid !== undefined) {
    throw new Failure(`The platform is running (pid ${pid}): stop it, then npm run dev.`);
  }
  openDataFolder(dataDir);
  await takeDataFolder(dataDir);
  let stopCompiler = async (): Promise<void> => {};
  try {
    await bringUp({ dataDir, env, watch: true }, interruption);
    stopCompiler = startCompiler();
    for (const { spec } of interruption.children.filter((child) => child.spec.kind === 'service')) {
      followLog(spec.name, spec.logPath, interruption.signal);
    }
    say('  Saving a file compiles it and restarts its service; Ctrl-C stops everything');
    await forEver(interruption.signal);
  } finally {
    await stopCompiler();
    await interruption.stopAll();
    leaveDataFolder(dataDir);
  }
  return 0;
}

function startCompiler(): () => Promise<void> {
  const compiler = spawn(join(binDir, 'tsc'), ['-b', '-w', '--preserveWatchOutput'], {
    cwd: rootDir,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  compiler.once('error', (error) => {
    say(`✖ the compiler could not be started: ${error.message}`);
    resolve();
  });
  compiler.once('exit', () => resolve());
  return async () => {
    if (compiler.pid !== undefined) signalProcess(-compiler.pid, 'SIGKILL');
    await promise;
  };
}
