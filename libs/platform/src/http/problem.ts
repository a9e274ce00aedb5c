import { errorCatalogue, isErrorCode, type ErrorCode } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';

/** RFC 9457, with our code and every wrong field at once. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly instance: string;
  readonly errors?: readonly unknown[];
  readonly details?: Readonly<Record<string, unknown>>;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** What the HTTP server itself refuses, by its own codes. */
const serverCodes: Readonly<Record<string, ErrorCode>> = {
  ECONNRESET: 'request.malformed',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
  FST_ERR_BAD_URL: 'request.malformed',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported-type',
  FST_ERR_MAX_PARAM_LENGTH: 'request.malformed',
  HPE_HEADER_OVERFLOW: 'request.headers-too-large',
};

/** Unknown errors say nothing about themselves: whoever gets them has the request id. */
export function errorCodeOf(error: unknown): ErrorCode {
  if (isAppError(error)) return isErrorCode(error.code) ? error.code : 'internal';
  const code = String((error as { code?: unknown } | undefined)?.code ?? '');
  if (Object.hasOwn(serverCodes, code)) return serverCodes[code] ?? 'internal';
  if (code.startsWith('HPE_')) return 'request.malformed';
  return 'internal';
}

export function toProblem(error: unknown, requestId: string): Problem {
  const code = errorCodeOf(error);
  const { status, title, fix } = errorCatalogue[code];
  const shown = isAppError(error) && code !== 'internal' ? error.details : {};
  const { errors, ...details } = shown;
  return {
    type: `urn:trunkline:error:${code}`,
    title,
    status,
    detail: fix,
    code,
    instance: requestId,
    ...(Array.isArray(errors) ? { errors: errors as unknown[] } : {}),
    ...(Object.keys(details).length > 0 ? { details } : {}),
  };
}

/** Headers that belong to a refusal: when to come back, how to sign in, what is allowed. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const { retryAfterSeconds, allow } = problem.details ?? {};
  return {
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
    ...(typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {}),
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(problem.status === 405 && Array.isArray(allow) ? { allow: allow.join(', ') } : {}),
  };
}
