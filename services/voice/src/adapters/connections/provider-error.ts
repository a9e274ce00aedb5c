import { AppError } from '@trunkline/kernel';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface StatusAnswer {
  readonly provider: string;
  readonly status: number;
  readonly headers?: Headers;
  /** The vendor's own short code, never its prose: that may quote what was said. */
  readonly vendorCode?: string | undefined;
}

/** What an HTTP status, at a handshake or inside a message, means to a call. */
export function errorOfStatus(answer: StatusAnswer): AppError {
  const { provider, status, headers = {}, vendorCode } = answer;
  const details = { provider, status, ...(vendorCode !== undefined && { vendorCode }) };
  if (status === 429) {
    const retryAfterMs = retryAfterMsIn(headers);
    return new AppError('provider.rate-limited', {
      retryable: true,
      details: { ...details, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    });
  }
  if (status === 408) return new AppError('provider.timeout', { retryable: true, details });
  if (status >= 400 && status < 500) return new AppError('provider.refused', { details });
  if (status >= 500) return new AppError('provider.unavailable', { retryable: true, details });
  return new AppError('provider.broken', { details });
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
function retryAfterMsIn(headers: Headers): number | undefined {
  const exactMs = Number.parseFloat(textOf(headers['retry-after-ms']));
  if (Number.isFinite(exactMs)) return Math.max(0, exactMs);
  const text = textOf(headers['retry-after']);
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number.parseFloat(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}

const textOf = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value.trim() : (value?.[0]?.trim() ?? '');

export function unavailable(provider: string, cause?: unknown): AppError {
  return new AppError('provider.unavailable', { retryable: true, cause, details: { provider } });
}

export function timedOut(provider: string, waitedFor: string): AppError {
  return new AppError('provider.timeout', { retryable: true, details: { provider, waitedFor } });
}

export function broken(provider: string, cause?: unknown): AppError {
  return new AppError('provider.broken', { retryable: true, cause, details: { provider } });
}
