import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboxPrefix, natsUsers } from '@trunkline/contracts';
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

export interface StartNatsOptions {
  /** `always` unless told. */
  readonly syncInterval?: string;
  /** With the users of the contracts and their allow-lists; the password is `pw-<user>`. */
  readonly users?: boolean;
  /** Of the server's own notation; 1GB unless told. */
  readonly maxFileStore?: string;
  /** More lines for the configuration file. */
  readonly extraConf?: string;
}

/** One real nats-server with its own folder and ports. */
export class TestNats {
  readonly url: string;
  readonly monitorUrl: string;
  readonly #connections: NatsConnection[] = [];
  #child: ChildProcess | undefined;

  constructor(
    readonly dir: string,
    readonly conf: string,
    readonly ports: { readonly client: number; readonly monitor: number },
  ) {
    this.url = `nats://127.0.0.1:${ports.client}`;
    this.monitorUrl = `http://127.0.0.1:${ports.monitor}`;
  }

  async start(): Promise<void> {
    const child = spawn(serverBinary(), ['-c', this.conf], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const said: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await eventually(
      async () => {
        if (child.exitCode !== null) throw new Error(`nats-server ended: ${said.join('')}`);
        const health = await fetch(`${this.monitorUrl}/healthz`, {
          signal: AbortSignal.timeout(1_000),
        });
        if (!health.ok) throw new Error(`nats-server is not healthy: ${health.status}`);
      },
      { deadlineMs: 15_000 },
    );
  }

  /** A connection that is closed with the server; reconnects quickly and for ever. */
  async connect(options: ConnectionOptions & { user?: string } = {}): Promise<NatsConnection> {
    const login = options.user
      ? { pass: `pw-${options.user}`, inboxPrefix: inboxPrefix(options.user) }
      : {};
    const connection = await connect({
      servers: this.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      waitOnFirstConnect: true,
      ...login,
      ...options,
    });
    this.#connections.push(connection);
    return connection;
  }

  /** SIGKILL: no flush, no goodbye. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM: the server says goodbye and writes down where it stands. */
  async terminate(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Counts from the next start on. */
  async setSyncInterval(syncInterval: string): Promise<void> {
    const text = await readFile(this.conf, 'utf8');
    await writeFile(this.conf, text.replace(/sync_interval: .*/, `sync_interval: ${syncInterval}`));
  }

  /** SIGSTOP; resolves when every thread has stopped. */
  async pause(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('nats-server is not running');
    this.#child?.kill('SIGSTOP');
    await eventually(() => isStopped(pid));
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async stop(): Promise<void> {
    this.resume();
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await this.kill();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }

  /** For the exit of the test process: synchronous and without manners. */
  killNow(): void {
    this.#child?.kill('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

export async function startNats(options: StartNatsOptions = {}): Promise<TestNats> {
  const dir = await mkdtemp(join(tmpdir(), 'trunkline-nats-'));
  const ports = { client: await freePort(), monitor: await freePort() };
  const conf = join(dir, 'nats.conf');
  await writeFile(conf, render({ ...options, dir, ports }));
  const nats = new TestNats(dir, conf, ports);
  process.once('exit', () => nats.killNow());
  await nats.start();
  return nats;
}

function render(
  options: StartNatsOptions & { readonly dir: string; readonly ports: TestNats['ports'] },
): string {
  return `server_name: "test"
listen: "127.0.0.1:${options.ports.client}"
http: "127.0.0.1:${options.ports.monitor}"
max_payload: 256KB
jetstream {
  store_dir: ${JSON.stringify(join(options.dir, 'js'))}
  sync_interval: ${options.syncInterval ?? 'always'}
  max_file_store: ${options.maxFileStore ?? '1GB'}
  max_memory_store: 64MB
}
${options.users ? renderUsers() : ''}
${options.extraConf ?? ''}
`;
}

function renderUsers(): string {
  const users = natsUsers().map((one) => ({
    user: one.user,
    password: `pw-${one.user}`,
    permissions: {
      publish: one.publish,
      subscribe: one.subscribe,
      allow_responses: one.responses,
    },
  }));
  return `authorization { users: ${JSON.stringify(users)} }`;
}

async function isStopped(pid: number): Promise<boolean> {
  const tasks = `/proc/${pid}/task`;
  // Elsewhere than on Linux there is no telling.
  if (!existsSync(tasks)) return true;
  const threads = await readdir(tasks);
  const states = await Promise.all(
    threads.map((thread) => readFile(join(tasks, thread, 'status'), 'utf8')),
  );
  return states.every((status) => /^State:\s+T/m.test(status));
}

function serverBinary(): string {
  const named = process.env['NATS_SERVER_BIN'];
  if (named) return named;
  const installed = join(import.meta.dirname, '../../../.servers/bin/nats-server');
  return existsSync(installed) ? installed : 'nats-server';
}
