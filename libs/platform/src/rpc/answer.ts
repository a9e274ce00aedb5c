import type { RequestDefinition } from '@trunkline/contracts';
import type { z } from 'zod';
import type { RequestContext } from './request-context.js';

export interface RequestHandler {
  readonly definition: RequestDefinition;
  handle(input: unknown, context: RequestContext): Promise<unknown>;
}

export type Answering<D extends RequestDefinition> = (
  input: z.output<D['input']>,
  context: RequestContext,
) => Promise<z.input<D['output']>>;

/** Ties a handler to its definition; the transport has parsed the input by then. */
export function answer<D extends RequestDefinition>(
  definition: D,
  handler: Answering<D>,
): RequestHandler {
  return {
    definition,
    handle: (input, context) => handler(input as z.output<D['input']>, context),
  };
}

/** What a service answers. Provide one in the app module; `runService` binds it. */
export class RequestHandlers {
  readonly list: readonly RequestHandler[];

  constructor(list: readonly RequestHandler[]) {
    const verbs = list.map((handler) => handler.definition.verb);
    const twice = verbs.find((verb, index) => verbs.indexOf(verb) !== index);
    if (twice !== undefined) throw new RangeError(`two handlers for the request ${twice}`);
    this.list = list;
  }
}
