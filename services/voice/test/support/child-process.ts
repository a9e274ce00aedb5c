import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A built service as a process of its own, and what it said. */
export class ChildPod {
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #out: string[] = [];

  constructor(
    script: string,
    readonly env: Readonly<Record<string, string>>,
  ) {
    this.#child = spawn(process.execPath, ['--enable-source-maps', script], {
      env: { ...env, PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): number => this.#out.push(chunk.toString());
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.exit = once(this.#child, 'exit').then(([code]) => code as number | null);
  }

  get url(): string {
    return `http://127.0.0.1:${this.env['HTTP_PORT']}`;
  }

  get output(): string {
    return this.#out.join('');
  }

  async status(path: string): Promise<number> {
    return (await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(2000) })).status;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }
}
