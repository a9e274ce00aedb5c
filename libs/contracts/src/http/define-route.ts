import type { z } from 'zod';
import type { ErrorCode } from '../errors.js';
import type { KeyKind, Role, Scope } from '../principal.js';

/** Who may use a route. `public` routes say why they can be open. */
export type RouteAccess =
  | { readonly kind: 'public'; readonly why: string }
  | {
      readonly kind: 'protected';
      /** The lowest role of a signed-in person; `null`: people may not use it at all. */
      readonly role: Role | null;
      /** Which kind of API key may use it and the scope it needs; `null`: no key may. */
      readonly key: { readonly kinds: readonly KeyKind[]; readonly scope: Scope } | null;
    };

export interface RouteDefinition<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Canonical path with `:params`. */
  readonly path: `/${string}`;
  /** Paths of the systems we replace: same handler, same checks, same matrix test. */
  readonly aliases?: readonly `/${string}`[];
  readonly tag: string;
  readonly summary: string;
  readonly access: RouteAccess;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly status: 200 | 201 | 202 | 204;
  /** Takes an Idempotency-Key: every creating route does. */
  readonly idempotent?: true;
  /** Answers events (text/event-stream) until somebody leaves; `answer` is the data of one. */
  readonly isStream?: true;
  readonly errors?: readonly ErrorCode[];
}

export function defineRoute<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(
  definition: RouteDefinition<Params, Query, Body, Answer>,
): RouteDefinition<Params, Query, Body, Answer> {
  return definition;
}
