import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { carriers } from '@trunkline/contracts';
import { eventually, freePort } from '@trunkline/testing';

const main = join(import.meta.dirname, '../../../../sandbox/dist/main.js');

export interface Create {
  readonly command: string;
  readonly status: number;
  readonly isAccepted: boolean;
  readonly key?: string;
  readonly callId?: string;
}

/** The carriers' stand-ins as the program they are: no service may import them. */
export class SandboxProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<SandboxProcess> {
    const port = await freePort();
    const env = { PATH: process.env['PATH'] ?? '', SANDBOX_PORT: String(port) };
    const child = spawn(process.execPath, [main], { env, stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`the sandbox ended: ${child.exitCode}`);
      return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) })).ok;
    });
    return new SandboxProcess(url, child);
  }

  settings(): Record<string, string> {
    return Object.fromEntries(
      carriers.map((name) => [`${name.toUpperCase()}_BASE_URL`, `${this.url}/${name}`]),
    );
  }

  async tell(path: string, order: object): Promise<void> {
    const response = await fetch(`${this.url}/__control${path}`, {
      method: 'POST',
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** The creates of one dial, as the carrier's ledger has them. */
  async creates(callId: string): Promise<readonly Create[]> {
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(`${this.url}/__control/carriers/ledger`, { signal });
    const { entries } = (await response.json()) as { entries: Create[] };
    return entries.filter(({ command, key }) => command.startsWith('create') && key === callId);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
