import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { say } from './say.ts';

const everyMs = 250;
const maxChunkBytes = 64 * 1024;

/** Prints what is added to a log file from now on, each line with its name, until the signal. */
export function followLog(name: string, path: string, signal: AbortSignal): void {
  let position = sizeOf(path);
  const timer = setInterval(() => {
    const size = sizeOf(path);
    // A smaller file is a new one: it was rotated.
    if (size < position) position = 0;
    if (size === position) return;
    const text = readPart(path, position, Math.min(size - position, maxChunkBytes));
    const whole = text.slice(0, text.lastIndexOf('\n') + 1) || text;
    position += Buffer.byteLength(whole);
    for (const line of whole.trimEnd().split('\n')) say(`[${name}] ${line}`);
  }, everyMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function readPart(path: string, position: number, length: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, position)).toString('utf8');
  } finally {
    closeSync(file);
  }
}
