import { AppError, isAppError } from '@trunkline/kernel';
import type { CarriedError } from './press-messages.js';

export function carry(error: unknown): CarriedError {
  const message = error instanceof Error ? error.message : String(error);
  if (!isAppError(error)) return { code: 'internal', retryable: false, message };
  return { code: error.code, retryable: error.retryable, message };
}

export function arrived({ code, retryable, message }: CarriedError): AppError {
  return new AppError(code, { retryable, cause: new Error(message) });
}
