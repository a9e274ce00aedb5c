import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRunning } from '../board.ts';
import { dataDirFrom, runningLauncher } from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { runNode } from '../foreground.ts';
import type { Interruption } from '../interruption.ts';
import { readDemo } from '../secrets.ts';
import { rootDir, type Env } from '../settings.ts';

const program = 'sandbox/dist/phone/cli/main.js';

/** A simulated caller rings the running platform as its demo tenant. */
export async function call(
  env: Env,
  interruption: Interruption,
  args: readonly string[],
): Promise<number> {
  const path = join(rootDir, program);
  if (!existsSync(path)) throw new Failure(`${program} is not built: npm run build.`);
  const own = args.includes('--help') ? {} : settingsOf(env);
  const nodeArgs = ['--enable-source-maps', path, ...args];
  return await runNode({
    args: nodeArgs,
    env: { ...env, ...own },
    signal: interruption.signal,
    ownGroup: false,
  });
}

function settingsOf(env: Env): Env {
  const dataDir = dataDirFrom(env);
  const running = runningLauncher(dataDir) === undefined ? undefined : readRunning(dataDir);
  if (!running) throw new Failure('Nothing is running: npm start first.');
  const demo = readDemo(dataDir);
  if (!demo)
    throw new Failure('There is no demo tenant: npm start makes it, with its own servers.');
  const sandbox = running.board.rows.find(({ name }) => name === 'sandbox');
  if (!sandbox) throw new Failure('The sandbox is not running: npm run build, then npm start.');
  const { GATEWAY_URL = '', PUBLIC_BASE_URL = GATEWAY_URL } = running.settings;
  return {
    GATEWAY_URL,
    PUBLIC_BASE_URL,
    SANDBOX_URL: sandbox.address,
    DEMO_EMAIL: demo.email,
    DEMO_PASSWORD: demo.password,
  };
}
