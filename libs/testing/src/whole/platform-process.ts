import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../eventually.js';

export type Env = Readonly<Record<string, string>>;

export interface ProcessOrder {
  readonly name: string;
  /** From the root of the repository. */
  readonly main: string;
  readonly url: string;
  readonly env: Env;
  /** For node itself. */
  readonly nodeArgs?: readonly string[];
}

export const repositoryRoot = join(import.meta.dirname, '../../../..');
const READY_LIMIT_MS = 120_000;

/** A program of the platform under its own name: it can die and come back. */
export class PlatformProcess {
  /** Of all its lives. */
  readonly said: string[] = [];
  #child: ChildProcess | undefined;

  constructor(readonly order: ProcessOrder) {}

  get name(): string {
    return this.order.name;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.name} is not running`);
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  async start(): Promise<void> {
    const { env, main, nodeArgs = [] } = this.order;
    const args = ['--enable-source-maps', ...nodeArgs, join(repositoryRoot, main)];
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    }
    await eventually(() => this.#mustBeReady(), { deadlineMs: READY_LIMIT_MS });
  }

  async status(path: string): Promise<number> {
    const limit = AbortSignal.timeout(2000);
    return (await fetch(`${this.order.url}${path}`, { signal: limit })).status;
  }

  /** The value of a metric without labels of its own; `NaN` when it is not there. */
  async metric(name: string): Promise<number> {
    const limit = AbortSignal.timeout(2000);
    const text = await (await fetch(`${this.order.url}/metrics`, { signal: limit })).text();
    return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
  }

  /** SIGKILL: it says nothing to nobody. */
  async kill(): Promise<void> {
    const gone = this.exit();
    this.#child?.kill('SIGKILL');
    await gone;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Its exit code; `null` after a signal. */
  async exit(): Promise<number | null> {
    const child = this.#child;
    if (child && this.isRunning) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  async #mustBeReady(): Promise<void> {
    if (!this.isRunning) throw new Error(`${this.name} ended:\n${this.#lastWords}`);
    const [answer] = await Promise.allSettled([this.status('/readyz')]);
    if (answer.status === 'fulfilled' && answer.value === 200) return;
    throw new Error(`${this.name} is not ready:\n${this.#lastWords}`);
  }

  get #lastWords(): string {
    return this.said.join('').slice(-2000);
  }
}
