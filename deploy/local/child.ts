import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, messageOf } from './failure.ts';
import { lastLines, openLog } from './log-file.ts';
import { findProcess } from './processes.ts';
import { afterDeath, firstLife, maxRestarts } from './restart-policy.ts';
import { removeRecord, signalProcess, writeRecord } from './run-records.ts';
import type { Env } from './settings.ts';
import { startPatience, until } from './until.ts';

export interface ChildSpec {
  readonly name: string;
  readonly kind: 'server' | 'service';
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Env;
  readonly ports: readonly number[];
  readonly dataDir: string;
  readonly logPath: string;
  /** Proves that it does its work, by a real round trip. */
  readonly ready: () => Promise<void>;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

/** sysexits.h EX_CONFIG: trying again with the same settings is of no use. */
const exitConfig = 78;

export type ChildState = 'starting' | 'up' | 'restarting' | 'stopped' | 'failed';

/** One supervised process: started, watched, restarted with back-off, stopped. */
export class Child {
  readonly spec: ChildSpec;
  state: ChildState = 'stopped';
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #history = firstLife;
  readonly #stopping = new AbortController();
  readonly #report: (line: string) => void;

  constructor(spec: ChildSpec, report: (line: string) => void) {
    this.spec = spec;
    this.#report = report;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The first start fails at once with the end of the log; only later deaths are retried. */
  async start(signal: AbortSignal): Promise<void> {
    this.state = 'starting';
    const life = this.#spawn();
    await this.#waitReady(life, signal);
    this.state = 'up';
    this.#watch(life);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#isAlive() && this.pid !== undefined) {
      signalProcess(this.pid, 'SIGTERM');
      const finished = await Promise.race([
        this.#exited.then(() => true),
        delay(this.spec.graceMs, false, { ref: false }),
      ]);
      if (!finished) this.kill();
      await this.#exited;
    }
    removeRecord(this.spec.dataDir, this.spec.name);
    this.state = 'stopped';
  }

  /** The whole group, so that nothing that it started stays behind. */
  kill(): void {
    this.#stopping.abort();
    this.#killGroup();
  }

  #killGroup(): void {
    if (this.#isAlive() && this.pid !== undefined) signalProcess(-this.pid, 'SIGKILL');
  }

  #isAlive(): boolean {
    const child = this.#process;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** A group of its own keeps the terminal's Ctrl-C from reaching it before the services drained. */
  #spawn(): Life {
    const { spec } = this;
    const log = openLog(spec.logPath);
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const life: Life = {
      startedAtMs: Date.now(),
      ended: new AbortController(),
      end: '',
      hasWrongSettings: false,
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const settle = (end: string): void => {
      life.end = end;
      life.ended.abort(new Error(end));
      resolve();
    };
    child.once('error', (error) => settle(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      life.hasWrongSettings = code === exitConfig;
      settle(`ended (${signal ?? `exit ${code}`})`);
    });
    this.#process = child;
    this.#exited = promise;
    this.#remember(child);
    return life;
  }

  #remember(child: ChildProcess): void {
    if (child.pid === undefined) return;
    const { name, ports, dataDir } = this.spec;
    const startedAt = findProcess(child.pid)?.startedAt ?? '';
    writeRecord(dataDir, { name, pid: child.pid, startedAt, ports });
  }

  async #waitReady(life: Life, signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, life.ended.signal]);
    try {
      await until(this.spec.ready, startPatience, stop);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const reason = life.end || `did not get ready: ${messageOf(error)}`;
      throw new Failure(`${this.spec.name} ${reason}.${this.#logEnd()}`);
    }
  }

  #logEnd(): string {
    const lines = lastLines(this.spec.logPath).map((line) => `\n    ${line}`);
    return ` The end of ${this.spec.logPath}:${lines.join('')}`;
  }

  #watch(life: Life): void {
    const revived = this.#exited.then(() => this.#revive(life));
    revived.catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      this.state = 'failed';
      this.#report(`✖ ${this.spec.name} is down: ${messageOf(error)}`);
    });
  }

  async #revive(life: Life): Promise<void> {
    const stopping = this.#stopping.signal;
    let ended = life;
    while (!stopping.aborted) {
      this.state = 'restarting';
      if (ended.hasWrongSettings) throw new Failure(`its settings are wrong.${this.#logEnd()}`);
      const verdict = afterDeath(this.#history, Date.now() - ended.startedAtMs);
      this.#history = verdict.history;
      if (verdict.kind === 'give-up') {
        throw new Failure(`it ended ${maxRestarts + 1} times in a row, so it stays down.`);
      }
      const times = `${verdict.history.deaths} of ${maxRestarts}`;
      this.#report(`✖ ${this.spec.name} ${ended.end}.${this.#logEnd()}`);
      this.#report(`· starting ${this.spec.name} again in ${verdict.delayMs} ms (${times})`);
      await delay(verdict.delayMs, undefined, { signal: stopping });
      ended = this.#spawn();
      if (await this.#cameBack(ended)) return this.#watch(ended);
    }
  }

  async #cameBack(life: Life): Promise<boolean> {
    try {
      await this.#waitReady(life, this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) throw error;
      this.#killGroup();
      await this.#exited;
      return false;
    }
    this.state = 'up';
    this.#report(`✔ ${this.spec.name} is back (${Date.now() - life.startedAtMs} ms)`);
    return true;
  }
}

interface Life {
  readonly startedAtMs: number;
  readonly ended: AbortController;
  end: string;
  hasWrongSettings: boolean;
}
