import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readRecords, signalProcess } from '../run-records.ts';
import { servers } from '../servers/all.ts';
import { rootDir, type Env, type Ports } from '../settings.ts';

/** One launcher as a process of its own, with what it printed. */
export class LauncherProcess {
  output = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(dataDir: string, ports: Ports, command: readonly string[], more: Env = {}) {
    const portEnv = Object.entries(ports).map(([name, port]) => [name, String(port)]);
    // Set to nothing, so that a developer's own `.env` does not lead the test to other servers.
    const noUrls = servers.map((server) => [server.urlSetting, '']);
    this.#child = spawn(process.execPath, [join(rootDir, 'deploy/local/main.ts'), ...command], {
      cwd: rootDir,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LOCAL_DATA_DIR: dataDir,
        ...Object.fromEntries([...portEnv, ...noUrls]),
        ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a terminal gives it, so that `pressCtrlC` reaches what it started.
      detached: true,
    });
    const keep = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#exited = new Promise((settle) => this.#child.once('close', settle));
  }

  async says(text: string, timeoutMs = 30_000): Promise<void> {
    const endsAtMs = Date.now() + timeoutMs;
    while (!this.output.includes(text)) {
      if (this.#child.exitCode !== null)
        throw new Error(`ended without "${text}":\n${this.output}`);
      if (Date.now() > endsAtMs) throw new Error(`never said "${text}":\n${this.output}`);
      await delay(20);
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return await this.#exited;
  }

  /** A terminal sends it to everything in the foreground at once. */
  async pressCtrlC(): Promise<number | null> {
    if (this.#child.pid !== undefined) signalProcess(-this.#child.pid, 'SIGINT');
    return await this.#exited;
  }

  async exit(): Promise<number | null> {
    return await this.#exited;
  }
}

export function pidOf(dataDir: string, name: string): number {
  const record = readRecords(dataDir).find((candidate) => candidate.name === name);
  if (!record) throw new Error(`no record of ${name}`);
  return record.pid;
}
