import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestNats } from '@trunkline/testing';

export const root = join(import.meta.dirname, '../../../..');

/** What `ensureStreams` is to make for a service under test. */
export const smallLog = { replicas: 1, maxBytes: 64 * 1024 * 1024 };

export type LogLine = Readonly<Record<string, unknown>>;

/** The services run from dist, as in production. A build without changes takes 60 ms. */
export function buildService(name: string): void {
  spawnSync(join(root, 'node_modules/.bin/tsc'), ['-b', `services/${name}`], { cwd: root });
}

export function settingsFor(nats: TestNats, more: Record<string, string>): Record<string, string> {
  return {
    NATS_URL: nats.url,
    NATS_MONITOR_URL: nats.monitorUrl,
    NATS_USER: 'campaigns',
    NATS_PASSWORD: 'pw-campaigns',
    HTTP_PORT: '0',
    LOG_LEVEL: 'debug',
    ...more,
  };
}

/** One process of a service and everything it wrote. */
export class ChildService {
  readonly lines: LogLine[] = [];
  stderr = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;

  constructor(script: string, env: Record<string, string>) {
    this.#child = spawn(process.execPath, [join(root, script)], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts.map((part) => JSON.parse(part) as LogLine));
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.#exit = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  get exit(): Promise<number | null> {
    return this.#exit;
  }

  logged(event: string): LogLine | undefined {
    return this.lines.find((line) => line['event'] === event);
  }

  get url(): string {
    const port = this.logged('service.started')?.['port'];
    if (typeof port !== 'number') throw new Error(`not started: ${this.stderr}`);
    return `http://127.0.0.1:${port}`;
  }

  async get(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(5000) });
    return { status: response.status, body: await response.json() };
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** For the end of a test. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
    await this.#exit;
  }
}
