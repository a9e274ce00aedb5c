import { createHash } from 'node:crypto';
import type { Principal } from '@trunkline/contracts';
import { AppError, sleep } from '@trunkline/kernel';
import { derivedId } from '../ids.js';
import type {
  IdempotencyCache,
  IdempotencyState,
  IdempotentRequest,
  KeptAnswer,
} from '../redis/idempotency-cache.js';
import { anonymous } from './route-handlers.js';

const keyPattern = /^[\x21-\x7e]{1,128}$/;
const WAIT_STEP_MS = 50;

export type AnswerStore = Pick<IdempotencyCache, 'begin' | 'finish' | 'abandon'>;

export interface IdempotencyScope {
  readonly principal: Principal;
  readonly routeId: string;
  readonly input: unknown;
}

/** `undefined` without the header; the key may be any 1–128 visible ASCII characters. */
export function idempotentRequest(
  header: string | string[] | undefined,
  scope: IdempotencyScope,
): IdempotentRequest | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !keyPattern.test(header)) {
    const message = 'must be 1 to 128 visible ASCII characters';
    const errors = [{ path: 'headers.idempotency-key', code: 'invalid_format', message }];
    throw new AppError('request.invalid', { details: { errors } });
  }
  const print = fingerprint(scope, header);
  const { tenant, kind, id } = scope.principal;
  // Strangers share one principal: what they ask for is part of the id, or they'd collide.
  const own = scope.principal === anonymous ? [print] : [];
  return {
    id: derivedId([tenant, kind, id, scope.routeId, header, ...own]),
    fingerprint: print,
  };
}

/** Of who asks, on which route, with which key, for what: the same request has the same one. */
export function fingerprint(scope: IdempotencyScope, key: string): string {
  const { tenant, kind, id } = scope.principal;
  const parts = [tenant, kind, id, scope.routeId, key, scope.input];
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** JSON with sorted keys: the order a client happens to send is not a difference. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value));
}

/** Before it becomes text: a replacer would be called for every number and word as well. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  if ('toJSON' in value && typeof value.toJSON === 'function') return inOrder(value.toJSON());
  const given = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(given).toSorted();
  return Object.fromEntries(names.map((name) => [name, inOrder(given[name])]));
}

export interface OnceOptions {
  readonly store: AnswerStore;
  readonly request: IdempotentRequest;
  /** False: the answer may hold personal data and is not kept. */
  readonly keepsAnswer: boolean;
  /** How long a request waits for the same one that is running. */
  readonly waitLimitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` unless the same request has run: then its answer comes again. Of two at once
 * one runs and the other waits a little, or gets `idempotency.in-progress`.
 */
export async function answerOnce(
  options: OnceOptions,
  work: () => Promise<KeptAnswer>,
): Promise<{ readonly answer: KeptAnswer; readonly replayed: boolean }> {
  const { store, request } = options;
  const begun = await beginOrWait(options);
  if (begun.state === 'done') return { answer: begun.answer, replayed: true };
  if (begun.state === 'mismatch') throw new AppError('idempotency.mismatch');
  if (begun.state === 'in-progress') {
    throw new AppError('idempotency.in-progress', {
      retryable: true,
      details: { retryAfterSeconds: 1 },
    });
  }
  if (begun.state === 'unknown') return { answer: await work(), replayed: false };
  const answer = await orAbandon(work(), () => store.abandon(request, begun.claim));
  await store.finish(request, begun.claim, options.keepsAnswer ? answer : undefined);
  return { answer, replayed: false };
}

async function orAbandon<T>(work: Promise<T>, abandon: () => Promise<void>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await abandon();
    throw error;
  }
}

async function beginOrWait(options: OnceOptions): Promise<IdempotencyState> {
  for (let waitedMs = 0; ; waitedMs += WAIT_STEP_MS) {
    const begun = await options.store.begin(options.request);
    if (begun.state !== 'in-progress' || waitedMs >= options.waitLimitMs) return begun;
    await sleep(WAIT_STEP_MS, options.signal);
  }
}
