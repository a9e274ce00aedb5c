import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually, freePort } from '@trunkline/testing';
import type { Env } from './world.js';

const main = join(import.meta.dirname, '../../dist/main.js');

/** The service as the process it is in production, so that it can be killed. */
export class CampaignsProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(env: Env): Promise<CampaignsProcess> {
    const port = String(await freePort());
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: { PATH: process.env['PATH'] ?? '', ...env, HTTP_PORT: port },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    }
    process.once('exit', () => child.kill('SIGKILL'));
    await eventually(
      async () => {
        if (child.exitCode !== null) throw new Error(`campaigns ended: ${said.join('')}`);
        const signal = AbortSignal.timeout(1000);
        const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal });
        if (!ok) throw new Error(`not ready: ${said.join('').slice(-2000)}`);
      },
      { deadlineMs: 30_000 },
    );
    return new CampaignsProcess(child);
  }

  /** No flush, no goodbye. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended();
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await once(this.#child, 'exit');
  }
}
