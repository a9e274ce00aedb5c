import { Worker } from 'node:worker_threads';
import { AppError, deferred, withDeadline, type Deferred } from '@trunkline/kernel';
import type { Answer, Batch, Judged, Question } from './judgement.js';

/** Reading the weights takes a third of a second on a busy machine. */
const LOAD_LIMIT_MS = 15_000;
/** A batch takes a few milliseconds. */
const JUDGE_LIMIT_MS = 2000;

export type VoiceModelReason = 'failed' | 'too-slow' | 'thread-ended';

/** The model in a thread of its own: however long it thinks, no sound waits for it. */
export class SileroThread {
  readonly #worker: Worker;
  readonly #ready = deferred<void>();
  readonly #asked = new Map<number, Deferred<Judged>>();
  #lastNumber = 0;
  #failure: AppError | undefined;

  constructor() {
    // Run from source (tests) the worker is TypeScript too; Node strips its types.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./silero-worker.${extension}`, import.meta.url));
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#answered(answer));
    this.#worker.once('error', (error) => this.#fail('failed', error));
    this.#worker.once('exit', () => this.#fail('thread-ended'));
    // Whoever asks is told; nobody may be asking yet.
    this.#ready.promise.catch(() => undefined);
  }

  async judge(batch: Batch): Promise<Judged> {
    await this.#inTime(LOAD_LIMIT_MS, () => this.#ready.promise);
    return this.#inTime(JUDGE_LIMIT_MS, () => this.#ask(batch));
  }

  async #inTime<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline({ limitMs, code: 'internal' }, work);
    } catch (error) {
      this.#fail('too-slow', error);
      throw this.#failure ?? error;
    }
  }

  close(): void {
    this.#say('stop', []);
  }

  #ask(batch: Batch): Promise<Judged> {
    if (this.#failure) throw this.#failure;
    const answer = deferred<Judged>();
    this.#lastNumber += 1;
    this.#asked.set(this.#lastNumber, answer);
    this.#say({ number: this.#lastNumber, batch }, [batch.sounds.buffer, batch.states.buffer]);
    return answer.promise;
  }

  #say(question: Question, given: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(question, [...given]);
  }

  #answered(answer: Answer): void {
    if (answer.type === 'ready') return this.#ready.resolve();
    if (answer.type === 'broken') return this.#fail('failed', answer.error);
    this.#asked.get(answer.number)?.resolve(answer);
    this.#asked.delete(answer.number);
  }

  /** The first reason is the reason. */
  #fail(reason: VoiceModelReason, cause?: unknown): void {
    this.#failure ??= new AppError('internal', { details: { reason }, cause });
    this.#ready.reject(this.#failure);
    for (const asked of this.#asked.values()) asked.reject(this.#failure);
    this.#asked.clear();
  }
}
