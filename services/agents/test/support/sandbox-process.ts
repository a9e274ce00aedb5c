import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { aiProviders, carriers } from '@trunkline/contracts';
import { eventually, freePort } from '@trunkline/testing';

const main = join(import.meta.dirname, '../../../../sandbox/dist/main.js');
const vendors = [...aiProviders, ...carriers];

/** The stand-ins as the program they are: no service may import them. */
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

  /** The settings that send key checks here. */
  settings(): Record<string, string> {
    return Object.fromEntries(
      vendors.map((vendor) => [`${vendor.toUpperCase()}_BASE_URL`, `${this.url}/${vendor}`]),
    );
  }

  async order(order: { provider: string; mood: string; times?: number }): Promise<void> {
    await fetch(`${this.url}/__control`, {
      method: 'POST',
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(5000),
    });
  }

  async askedOf(provider: string): Promise<number> {
    const response = await fetch(`${this.url}/__control`, { signal: AbortSignal.timeout(5000) });
    const { asked } = (await response.json()) as { asked: Record<string, number> };
    return asked[provider] ?? 0;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
