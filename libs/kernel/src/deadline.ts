import { AppError } from './app-error.js';

export interface DeadlineOptions {
  readonly limitMs: number;
  /** The error code when the limit passes. */
  readonly code: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work` with a signal that aborts at the limit or with the caller's own signal. */
export async function withDeadline<T>(
  options: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const signal = options.signal ? AbortSignal.any([limit.signal, options.signal]) : limit.signal;
  const timer = setTimeout(() => limit.abort(expired(options)), options.limitMs);
  try {
    signal.throwIfAborted();
    return await settleFirst(work(signal), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Made only when it is needed: a stack trace for every call in time would be wasted. */
function expired({ code, limitMs }: DeadlineOptions): AppError {
  return new AppError(code, { retryable: true, details: { limitMs } });
}

function settleFirst<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
