import { Worker } from 'node:worker_threads';
import { AppError, abortable, deferred, type Deferred } from '@trunkline/kernel';
import type { Logger, S3Settings } from '@trunkline/platform';
import { SoundPress, type StoredSound } from '../../app/recording/ports.js';
import type { Sound } from '../../app/recording/sound.js';
import { arrived, carry } from './carried-error.js';
import type { FromPress, ToPress } from './press-messages.js';

interface Pressing {
  readonly sound: Sound;
  readonly stored: Deferred<StoredSound>;
}

export interface ThreadedPressParts {
  readonly store: S3Settings;
  readonly logger: Logger;
  /** The compiled far end. */
  readonly program?: URL;
}

const besideUs = new URL('./press-worker.js', import.meta.url);

/**
 * Presses recordings in a thread of its own: filtering, hashing and sending a call's sound is
 * half of what a pod computes, and no live call may wait for it. Why a thread: ADR 0019.
 */
export class ThreadedPress extends SoundPress {
  readonly #parts: ThreadedPressParts;
  readonly #pressings = new Map<number, Pressing>();
  #worker: Worker | undefined;
  #last = 0;
  #isClosed = false;

  constructor(parts: ThreadedPressParts) {
    super();
    this.#parts = parts;
  }

  override async press(sound: Sound, signal: AbortSignal): Promise<StoredSound> {
    signal.throwIfAborted();
    if (this.#isClosed) throw new AppError('store.unavailable', { retryable: true });
    const worker = (this.#worker ??= this.#start());
    this.#last += 1;
    const press = this.#last;
    const stored = deferred<StoredSound>();
    this.#pressings.set(press, { sound, stored });
    post(worker, { type: 'press', press, header: sound.header, ticks: sound.ticks });
    try {
      return await abortable(stored.promise, signal);
    } finally {
      this.#pressings.delete(press);
      if (signal.aborted) post(worker, { type: 'stop', press });
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const { store, program = besideUs } = this.#parts;
    const worker = new Worker(program, { workerData: store });
    // Alone it is no reason to go on living.
    worker.unref();
    worker.on('message', (message: FromPress) => this.#hear(worker, message));
    worker.on('error', (error) => this.#died(worker, error));
    worker.on('exit', (code) => this.#died(worker, new Error(`the press ended with ${code}`)));
    return worker;
  }

  #hear(worker: Worker, message: FromPress): void {
    const pressing = this.#pressings.get(message.press);
    if (!pressing) return;
    if (message.type === 'read') return void this.#read(worker, pressing, message);
    if (message.type === 'stored') return pressing.stored.resolve(message.stored);
    pressing.stored.reject(arrived(message.error));
  }

  async #read(
    worker: Worker,
    { sound }: Pressing,
    { read, fromTick, ticks }: Extract<FromPress, { readonly type: 'read' }>,
  ): Promise<void> {
    try {
      const bytes = await sound.read(fromTick, ticks);
      post(worker, { type: 'records', read, bytes });
    } catch (error) {
      post(worker, { type: 'unreadable', read, error: carry(error) });
    }
  }

  /** The next recording gets a new thread; those it had are tried again by the vault. */
  #died(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    if (!this.#isClosed) this.#parts.logger.error('recording.press-died', { error: cause });
    for (const { stored } of this.#pressings.values()) {
      stored.reject(new AppError('store.unavailable', { retryable: true, cause }));
    }
  }
}

function post(worker: Worker, message: ToPress): void {
  worker.postMessage(message);
}
