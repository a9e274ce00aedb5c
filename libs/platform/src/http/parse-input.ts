import type { RouteDefinition } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { z } from 'zod';

export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

const MAX_ERRORS = 100;
const MAX_KEY_LENGTH = 64;
const nothing = z.strictObject({});

/** Checks all three parts and reports every wrong field at once, never its value. */
export function parseInput(route: RouteDefinition, raw: RawInput): RawInput {
  const parts = {
    params: (route.params ?? nothing).safeParse(raw.params ?? {}),
    query: (route.query ?? nothing).safeParse(raw.query ?? {}),
    body: parseBody(route, raw.body),
  };
  const errors = Object.entries(parts).flatMap(([part, result]) =>
    result.success ? [] : fieldErrors(part, result.error.issues),
  );
  if (errors.length > 0) {
    throw new AppError('request.invalid', { details: { errors: errors.slice(0, MAX_ERRORS) } });
  }
  return { params: parts.params.data, query: parts.query.data, body: parts.body.data };
}

/** An empty body counts as `{}` where an object is expected, and must be empty where none is. */
function parseBody(route: RouteDefinition, body: unknown): z.ZodSafeParseResult<unknown> {
  if (route.body) return route.body.safeParse(body ?? {});
  return nothing.safeParse(body ?? {});
}

function fieldErrors(path: string, issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    const at = [path, ...issue.path.map(shortKey)].join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: `${at}.${shortKey(key)}`,
        code: issue.code,
        message: 'this field is not known',
      }));
    }
    if (issue.code === 'invalid_union') {
      const [closest] = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a));
      if (closest && depthOf(closest) > 0) return fieldErrors(at, closest);
    }
    return [{ path: at, code: issue.code, message: issue.message }];
  });
}

/** The alternative that got furthest is most likely the one that was meant. */
function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function shortKey(key: PropertyKey): string {
  return String(key).slice(0, MAX_KEY_LENGTH);
}
