import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '@trunkline/testing';

export type Env = Readonly<Record<string, string>>;

/** One service as the process it is in production. */
export class ServiceProcess {
  readonly said: string[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    }
  }

  static async start(main: string, env: Env): Promise<ServiceProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const killNow = (): void => void child.kill('SIGKILL');
    process.once('exit', killNow);
    child.once('exit', () => process.off('exit', killNow));
    const service = new ServiceProcess(child);
    const ready = `http://127.0.0.1:${env['HTTP_PORT']}/readyz`;
    await eventually(
      async () => {
        if (!service.isRunning) return;
        const { ok } = await fetch(ready, { signal: AbortSignal.timeout(1000) });
        if (!ok) throw new Error(`not ready:\n${service.said.join('').slice(-2000)}`);
      },
      { deadlineMs: 30_000 },
    );
    if (!service.isRunning) throw new Error(`the service ended:\n${service.said.join('')}`);
    return service;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async ended(): Promise<string | number | null> {
    if (this.isRunning) await once(this.#child, 'exit');
    return this.#child.signalCode ?? this.#child.exitCode;
  }

  async stop(): Promise<string | number | null> {
    if (this.isRunning) this.#child.kill('SIGTERM');
    return this.ended();
  }
}
