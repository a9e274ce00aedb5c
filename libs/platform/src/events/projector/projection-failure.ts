import type { AggregateRef } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';

export interface FailedAt extends AggregateRef {
  /** The version that can't be projected, where it is known. */
  readonly v?: number | undefined;
  readonly type?: string | undefined;
}

/**
 * The projection itself can't take this event: poison, unlike a fault of the world, which
 * passes by waiting. `reason` goes into logs and dead letters, so it carries no values.
 */
export class ProjectionFailure extends Error {
  readonly at: FailedAt;
  readonly reason: string;

  constructor(at: FailedAt, reason: string, options?: ErrorOptions) {
    super(`cannot project: ${reason}`, options);
    this.name = 'ProjectionFailure';
    this.at = at;
    this.reason = reason;
  }
}

/** Name, code and place of an error: its message may quote the data it choked on. */
export function failureReason(error: unknown): string {
  if (isAppError(error)) return error.code;
  if (!(error instanceof Error)) return `threw a ${typeof error}`;
  const frame = /\/([\w.-]+\.[cm]?[jt]s:\d+)(?::\d+)?\)?$/m.exec(error.stack ?? '')?.[1];
  return frame === undefined ? error.name : `${error.name} at ${frame}`;
}
