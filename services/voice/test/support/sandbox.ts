import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually, freePort } from '@trunkline/testing';

const main = join(import.meta.dirname, '../../../../sandbox/dist/main.js');

export interface VendorCounts {
  readonly connectionsOpened: number;
  readonly openSockets: number;
  readonly cancels: number;
}

/** The stand-ins as the program they are: no service may import them. */
export class Sandbox {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Sandbox> {
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'] ?? '',
      SANDBOX_PORT: String(port),
      SANDBOX_CONNECT_DELAY_MS: '0',
    };
    const child = spawn(process.execPath, [main], { env, stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`the sandbox ended: ${child.exitCode}`);
      return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) })).ok;
    });
    return new Sandbox(url, child);
  }

  async tell(path: string, order: object): Promise<unknown> {
    const response = await fetch(`${this.url}/__control${path}`, {
      method: 'POST',
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  }

  /** What a vendor does wrong, to one credential only. */
  async fault(provider: string, key: string, fault: object): Promise<void> {
    await this.tell('', { provider, fault, times: 1, key });
  }

  async counts(provider: string): Promise<VendorCounts> {
    const response = await fetch(`${this.url}/__control`, { signal: AbortSignal.timeout(5000) });
    const { providers } = (await response.json()) as { providers: Record<string, VendorCounts> };
    return providers[provider] ?? { connectionsOpened: 0, openSockets: 0, cancels: 0 };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
