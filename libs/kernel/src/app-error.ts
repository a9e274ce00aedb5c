export interface AppErrorOptions {
  /** True when the same request may succeed later without being changed. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Safe to show to the caller: no secrets, no personal data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The only error the application throws on purpose. `code` is a row of the error
 * catalogue in libs/contracts, which owns the text and the HTTP status.
 */
export class AppError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, options: AppErrorOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** Checks the shape and not the class, so that it survives package duplication. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error;
}
