import { existsSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { abortable, deferred, type Deferred } from '@trunkline/kernel';
import { S3ObjectStore, type S3Settings } from '@trunkline/platform/object-store';
import { PlainPress } from '../../app/recording/plain-press.js';
import { arrived, carry } from './carried-error.js';
import type { FromPress, ToPress } from './press-messages.js';

/** The far end of `ThreadedPress`: presses one recording after the other beside the live calls. */
const press = new PlainPress(new S3ObjectStore(workerData as S3Settings));
const running = new Map<number, AbortController>();
const reading = new Map<number, Deferred<Uint8Array>>();
const NICE = 5;
/** On Linux a thread may be nicer than its process: live sound goes first where cores are few. */
const thread = '/proc/thread-self';
let lastRead = 0;

beNice();
parentPort?.on('message', (message: ToPress) => hear(message));

function beNice(): void {
  if (!existsSync(thread)) return;
  try {
    setPriority(Number(basename(readlinkSync(thread))), NICE);
  } catch (error) {
    // A sandbox may forbid it; recordings are stored all the same.
    process.emitWarning(`recordings are pressed at full priority: ${String(error)}`);
  }
}

function hear(message: ToPress): void {
  switch (message.type) {
    case 'press':
      return void run(message);
    case 'stop':
      return running.get(message.press)?.abort(new Error('stopped'));
    case 'records':
      return reading.get(message.read)?.resolve(message.bytes);
    case 'unreadable':
      return reading.get(message.read)?.reject(arrived(message.error));
  }
}

async function run(order: Extract<ToPress, { readonly type: 'press' }>): Promise<void> {
  const { press: number, header, ticks } = order;
  const stop = new AbortController();
  running.set(number, stop);
  const read = (fromTick: number, count: number): Promise<Uint8Array> =>
    ask(
      { type: 'read', press: number, read: (lastRead += 1), fromTick, ticks: count },
      stop.signal,
    );
  try {
    const stored = await press.press({ header, ticks, read }, stop.signal);
    tell({ type: 'stored', press: number, stored });
  } catch (error) {
    tell({ type: 'failed', press: number, error: carry(error) });
  } finally {
    running.delete(number);
  }
}

/** Nobody answers for a recording that was stopped. */
async function ask(
  wanted: Extract<FromPress, { readonly type: 'read' }>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const answer = deferred<Uint8Array>();
  reading.set(wanted.read, answer);
  tell(wanted);
  try {
    return await abortable(answer.promise, signal);
  } finally {
    reading.delete(wanted.read);
  }
}

function tell(message: FromPress): void {
  parentPort?.postMessage(message);
}
