import { isAppError, type AppError } from '@trunkline/kernel';
import type { LoggerService } from '@nestjs/common';
import { looksSecret } from './looks-secret.js';
import type { Logger } from './logger.js';

/**
 * Nest's own lines. Their text is free, so it is not logged; only its boot errors, which
 * name classes and nothing else, are worth a look and get to stderr if they look harmless.
 */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(_message: unknown, ...rest: unknown[]): void {
    this.#logger.debug('nest.log', { component: contextOf(rest) });
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#logger.warn('nest.warn', { component: contextOf(rest), ...errorIn(message) });
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#logger.error('nest.error', { component: contextOf(rest), ...errorIn(message) });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#logger.fatal('nest.fatal', { component: contextOf(rest), ...errorIn(message) });
  }

  debug(_message: unknown, ...rest: unknown[]): void {
    this.#logger.debug('nest.debug', { component: contextOf(rest) });
  }

  verbose(_message: unknown, ...rest: unknown[]): void {
    this.#logger.debug('nest.verbose', { component: contextOf(rest) });
  }
}

/** Why a service did not boot, for the person who starts it; one line without secrets. */
export function bootReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (isAppError(error)) return `${error.code} ${problemsOf(error)}`.trimEnd();
  const firstLine = error.message.split('\n').find((line) => line.trim() !== '') ?? '';
  const text = firstLine.slice(0, 400);
  return looksSecret(text) ? error.name : `${error.name}: ${text}`;
}

/** Details are safe to show by definition; `problems` are sentences. */
function problemsOf(error: AppError): string {
  const { problems } = error.details;
  return Array.isArray(problems) ? problems.join('; ') : '';
}

function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' && /^\w{1,60}$/.test(last) ? last : undefined;
}

function errorIn(message: unknown): { error?: unknown } {
  return message instanceof Error ? { error: message } : {};
}
