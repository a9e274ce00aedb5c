import { AppError } from '@trunkline/kernel';

const MAX_DEPTH = 32;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const SHOWN_KEY_LENGTH = 64;

/** In valid JSON these are all the strings and all the structure there is. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/**
 * JSON without its traps: bytes that are not UTF-8, keys given twice (two readers would see
 * two values), keys that reach a prototype, and nesting that only serves to break something.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  const value = parse(text);
  assertCleanStructure(text);
  return value;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badJson({ path: '', code: 'not-utf-8', message: 'the body is not UTF-8' }, cause);
  }
}

/** The engine's message quotes the body, so it is not passed on. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badJson({ path: '', code: 'syntax', message: 'the body is not JSON' });
  }
}

function assertCleanStructure(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let lastString = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') assertNewKey(open.at(-1), lastString);
    else lastString = decodeString(token);
    if (open.length > MAX_DEPTH) {
      const message = `more than ${MAX_DEPTH} levels`;
      throw badJson({ path: '', code: 'too-deep', message });
    }
  }
}

function assertNewKey(known: Set<string> | undefined, key: string): void {
  const path = key.slice(0, SHOWN_KEY_LENGTH);
  if (FORBIDDEN_KEYS.has(key)) {
    throw badJson({ path, code: 'forbidden-key', message: 'this key is not accepted' });
  }
  if (known?.has(key)) {
    throw badJson({ path, code: 'duplicate-key', message: 'this key is given twice' });
  }
  known?.add(key);
}

function decodeString(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  const text = JSON.parse(token) as string;
  if (text.isWellFormed()) return text;
  throw badJson({ path: '', code: 'not-unicode', message: 'a string holds half a character' });
}

function badJson(problem: { path: string; code: string; message: string }, cause?: unknown) {
  const details = { errors: [problem] };
  return new AppError('request.bad-json', cause === undefined ? { details } : { details, cause });
}
