import { types } from 'node:util';
import { looksSecret } from './looks-secret.js';

const MAX_FRAMES = 12;
const MAX_CAUSES = 3;
const codePattern = /^[A-Za-z0-9_.-]{1,64}$/;
const framePattern = /^ {4}at [^\n]{1,300}$/;

export interface ErrorShape {
  readonly name: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly frames: readonly string[];
  readonly cause?: ErrorShape;
}

/**
 * Errors without their messages: those of drivers and vendors quote what they were given
 * (numbers, e-mails, whole requests). Name, code, the call that failed and the stack below
 * the message say where to look.
 */
export function errorShape(error: unknown, depth = 0): ErrorShape {
  if (!types.isNativeError(error)) return { name: typeof error, frames: [] };
  const syscall = codeIn(error, 'syscall');
  const code = codeIn(error, 'code') ?? codeIn(error, 'codeName');
  const hasCause = error.cause !== undefined && depth < MAX_CAUSES;
  return {
    name: isHarmless(error.name) ? error.name : 'Error',
    ...(code === undefined ? {} : { code }),
    ...(syscall === undefined ? {} : { syscall }),
    frames: framesOf(error),
    ...(hasCause ? { cause: errorShape(error.cause, depth + 1) } : {}),
  };
}

/** The message may have lines that look like frames: it is cut off, or nothing is believed. */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? '';
  const start = stack.indexOf(error.message);
  if (start < 0) return [];
  return stack
    .slice(start + error.message.length)
    .split('\n')
    .filter((line) => framePattern.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.slice(7));
}

function codeIn(error: Error, field: string): string | undefined {
  const value = (error as unknown as Record<string, unknown>)[field];
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  return isHarmless(text) ? text : undefined;
}

function isHarmless(text: string): boolean {
  return codePattern.test(text) && !looksSecret(text);
}
