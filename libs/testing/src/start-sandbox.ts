import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const main = join(import.meta.dirname, '../../../sandbox/dist/main.js');

export interface RunningSandbox {
  readonly url: string;
  stop(): Promise<void>;
}

/** The stand-ins as the program they are: no service may import them. */
export async function startSandbox(
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningSandbox> {
  const port = await freePort();
  const env = { PATH: process.env['PATH'] ?? '', SANDBOX_PORT: String(port), ...settings };
  const child = spawn(process.execPath, [main], { env, stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`the sandbox ended: ${child.exitCode}`);
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) })).ok;
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { url, stop };
}
