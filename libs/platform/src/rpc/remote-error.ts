import { isErrorCode } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { z } from 'zod';

/** An AppError on the wire. Anything else that a handler throws leaves as `internal`. */
export interface RemoteError {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

const shape = z.strictObject({
  code: z.string().refine(isErrorCode),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()),
});

export function toRemoteError(error: unknown): RemoteError {
  if (!isAppError(error)) return { code: 'internal', retryable: false, details: {} };
  return { code: error.code, retryable: error.retryable, details: error.details };
}

/** What Nest's client rejects with: our own packet, its exceptions, or a bare string. */
export function fromRemoteError(raw: unknown): AppError {
  const parsed = shape.safeParse(raw);
  if (parsed.success) {
    const { code, retryable, details } = parsed.data;
    return new AppError(code, { retryable, details });
  }
  if (isAppError(raw)) return raw;
  if (isTooLarge(raw)) return new AppError('request.too-large', { cause: raw });
  // Nobody subscribes, the connection is away or closing: it was not carried out.
  return new AppError('service.unavailable', { retryable: true, cause: raw });
}

function isTooLarge(raw: unknown): boolean {
  return raw instanceof Error && raw.message.includes('max_payload');
}
