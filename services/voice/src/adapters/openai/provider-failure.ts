import { AppError, isAppError } from '@trunkline/kernel';

/** More than a pause can hide, and a wrong header cannot lock a vendor out for a day. */
const MAX_RETRY_AFTER_MS = 60_000;

export interface Refusal {
  readonly provider: string;
  readonly status: number;
  /** The vendor's own word for it, when it is one. */
  readonly reason?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

export function refusalOf(refusal: Refusal): AppError {
  const { status, retryAfterMs } = refusal;
  const details = {
    provider: refusal.provider,
    status,
    ...(refusal.reason !== undefined && { reason: refusal.reason }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  if (refusal.reason === 'insufficient_quota') return new AppError('provider.refused', { details });
  if (status === 429) return new AppError('provider.rate-limited', { retryable: true, details });
  if (status === 408 || status === 409 || status >= 500) {
    return new AppError('provider.unavailable', { retryable: true, details });
  }
  return new AppError('provider.refused', { details });
}

const timeouts = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What undici and the socket throw. An abort of ours is handed on as it is. */
export function failureOf(provider: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (isAppError(error)) return error;
  const code = networkCode(error);
  return new AppError(timeouts.has(code) ? 'provider.timeout' : 'provider.unavailable', {
    retryable: true,
    cause: error,
    details: { provider, reason: code },
  });
}

export function networkCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}

export function broken(provider: string, reason: string): AppError {
  return new AppError('provider.broken', { details: { provider, reason } });
}

type HeaderValue = string | readonly string[] | undefined;

/** `retry-after-ms` wins over `retry-after`, which is seconds or a date. */
export function retryAfterMs(
  headers: Readonly<Record<string, HeaderValue>>,
  nowMs: number,
): number | undefined {
  const exactMs = numberIn(headers['retry-after-ms']);
  if (exactMs !== undefined) return Math.min(exactMs, MAX_RETRY_AFTER_MS);
  const seconds = numberIn(headers['retry-after']);
  if (seconds !== undefined) return Math.min(seconds * 1000, MAX_RETRY_AFTER_MS);
  const dateMs = Date.parse(String(headers['retry-after'] ?? ''));
  if (Number.isNaN(dateMs)) return undefined;
  return Math.min(Math.max(0, dateMs - nowMs), MAX_RETRY_AFTER_MS);
}

function numberIn(value: HeaderValue): number | undefined {
  if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value.trim())) return undefined;
  return Number(value);
}
