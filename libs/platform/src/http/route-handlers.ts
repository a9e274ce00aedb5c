import type { Principal, RouteDefinition } from '@trunkline/contracts';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { RequestContext } from '../rpc/request-context.js';

export type RouteTable = Readonly<Record<string, RouteDefinition>>;

export interface HttpContext extends RequestContext {
  readonly requestId: string;
  readonly routeId: string;
  readonly ip: string;
  readonly signal: AbortSignal;
  /** As the caller sent them, lower case; the body is only in the input. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface RouteInput<Route extends RouteDefinition> {
  readonly params: z.output<NonNullable<Route['params']>>;
  readonly query: z.output<NonNullable<Route['query']>>;
  readonly body: z.output<NonNullable<Route['body']>>;
}

/** An answer with headers of its own, e.g. a cookie. */
export class AnswerWithHeaders<Body> {
  constructor(
    readonly body: Body,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** The answer of a route with `isStream`: text in the form of server-sent events, without an end. */
export class AnswerAsEvents {
  constructor(readonly events: Readable) {}
}

export type RouteAnswer<Route extends RouteDefinition> =
  | AnswerAsEvents
  | z.input<Route['answer']>
  | AnswerWithHeaders<z.input<Route['answer']>>;

export type RouteHandler<Route extends RouteDefinition> = (
  input: RouteInput<Route>,
  context: HttpContext,
) => Promise<RouteAnswer<Route>>;

/** One handler for every route: a missing one does not compile. */
export type RouteHandlers<Routes extends RouteTable> = {
  readonly [RouteId in keyof Routes]: RouteHandler<Routes[RouteId]>;
};

/** Turns the authorization header into who asks, or rejects with `auth.required`/`auth.invalid`. */
export abstract class Authenticator {
  abstract authenticate(
    authorization: string | undefined,
    route: RouteDefinition,
  ): Promise<Principal>;
}

/** Who asks on a public route. */
export const anonymous: Principal = {
  kind: 'service',
  id: 'anonymous',
  tenant: 'platform',
  role: 'viewer',
  scopes: [],
};
