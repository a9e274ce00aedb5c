import { AppError, isAppError } from '@trunkline/kernel';
import { errorOfStatus, type StatusAnswer } from '../connections/provider-error.js';

/** An empty account answers 429 like a busy one, but waiting does not fill it. */
export function refusalOf(answer: StatusAnswer): AppError {
  const isEmpty = answer.vendorCode === 'insufficient_quota';
  return errorOfStatus(isEmpty ? { ...answer, status: 402 } : answer);
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
