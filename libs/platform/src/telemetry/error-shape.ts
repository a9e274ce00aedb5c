import { isAppError } from '@trunkline/kernel';

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
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const syscall = codeIn(error, 'syscall');
  const code = isAppError(error)
    ? error.code
    : (codeIn(error, 'code') ?? codeIn(error, 'codeName'));
  const hasCause = error.cause !== undefined && depth < MAX_CAUSES;
  return {
    name: codePattern.test(error.name) ? error.name : 'Error',
    ...(code === undefined ? {} : { code }),
    ...(syscall === undefined ? {} : { syscall }),
    frames: framesOf(error),
    ...(hasCause ? { cause: errorShape(error.cause, depth + 1) } : {}),
  };
}

/** The message may have lines of its own that look like frames: it is cut off first. */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? '';
  const start = stack.indexOf(error.message);
  const below =
    error.message === '' || start < 0 ? stack : stack.slice(start + error.message.length);
  return below
    .split('\n')
    .filter((line) => framePattern.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.slice(7));
}

function codeIn(error: Error, field: string): string | undefined {
  const value = (error as unknown as Record<string, unknown>)[field];
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  return codePattern.test(text) ? text : undefined;
}
