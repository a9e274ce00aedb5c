import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readRecords } from '../../run-records.ts';
import { rootDir, type Ports } from '../../settings.ts';

/** One launcher as a process of its own, with what it printed. */
export class LauncherProcess {
  output = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(dataDir: string, ports: Ports) {
    const portEnv = Object.entries(ports).map(([name, port]) => [name, String(port)]);
    this.#child = spawn(process.execPath, [join(rootDir, 'deploy/local/main.ts'), 'servers'], {
      cwd: rootDir,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LOCAL_DATA_DIR: dataDir,
        ...Object.fromEntries(portEnv),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
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
      if (Date.now() > endsAtMs) throw new Error(`never said "${text}":\n${this.output}`);
      await delay(20);
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
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
