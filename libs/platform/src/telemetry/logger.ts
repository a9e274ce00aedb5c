import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { fieldKind, type LogField } from './log-fields.js';
import { logValue } from './log-value.js';
import { currentRequestId } from './request-scope.js';
import { currentTraceId } from './tracing.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type LogFields = Partial<Record<LogField, unknown>>;

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel | 'silent';
  readonly destination?: DestinationStream;
  /** Told how many fields or names were refused, for the metric. */
  readonly onDropped?: (count: number) => void;
}

const eventPattern = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/;

/**
 * One JSON object per line: the name of what happened and allow-listed fields. There is no
 * free text, because free text is how numbers and tokens get into logs.
 */
export class Logger {
  readonly #pino: Pino;
  readonly #options: LoggerOptions;
  readonly #bound: LogFields;

  constructor(options: LoggerOptions, parent?: { readonly pino: Pino; readonly bound: LogFields }) {
    this.#options = options;
    this.#bound = parent?.bound ?? {};
    this.#pino = parent?.pino ?? createPino(options);
  }

  child(fields: LogFields): Logger {
    return new Logger(this.#options, { pino: this.#pino, bound: { ...this.#bound, ...fields } });
  }

  debug(event: string, fields?: LogFields): void {
    this.#write('debug', event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.#write('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#write('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.#write('error', event, fields);
  }

  fatal(event: string, fields?: LogFields): void {
    this.#write('fatal', event, fields);
  }

  #write(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    const { line, dropped } = allowed({ ...this.#bound, ...fields });
    const isNamed = eventPattern.test(event) && event.length <= 80;
    const refused = dropped + (isNamed ? 0 : 1);
    if (refused > 0) this.#options.onDropped?.(refused);
    this.#pino[level]({
      event: isNamed ? event : 'log.unnamed',
      ...line,
      ...(refused > 0 ? { dropped: refused } : {}),
    });
  }
}

function createPino(options: LoggerOptions): Pino {
  const settings = {
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: scopeFields,
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

function scopeFields(): Record<string, unknown> {
  const requestId = currentRequestId();
  const traceId = currentTraceId();
  return {
    ...(requestId === undefined ? {} : { requestId: logValue('id', requestId) }),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

function allowed(fields: LogFields): { line: Record<string, unknown>; dropped: number } {
  const line: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const kind = fieldKind(name);
    if (kind === undefined) dropped += 1;
    else line[name] = logValue(kind, value);
  }
  return { line, dropped };
}
