import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import { eventually, freePort } from '@trunkline/testing';

/** A redis-server of its own: login limits count addresses, and every test has the same one. */
export class OwnRedis {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#child = child;
  }

  static async start(): Promise<OwnRedis> {
    const port = await freePort();
    const binary = process.env['REDIS_SERVER_BIN'] ?? 'redis-server';
    const args = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const child = spawn(binary, args, { stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    await eventually(async () => {
      const socket = connect(port, '127.0.0.1');
      try {
        await once(socket, 'connect');
      } finally {
        socket.destroy();
      }
    });
    return new OwnRedis(port, child);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
