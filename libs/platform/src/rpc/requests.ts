import type { RequestDefinition } from '@trunkline/contracts';
import type { z } from 'zod';
import type { RequestContext } from './request-context.js';

/**
 * Asks another service. Rejects with the AppError the other side threw, with
 * `service.unavailable` if nobody listens, or with `service.timeout`, after which the
 * outcome is unknown: a command is repeated only with the same idempotency id.
 */
export abstract class Requests {
  abstract ask<D extends RequestDefinition>(
    definition: D,
    input: z.input<D['input']>,
    context: RequestContext,
  ): Promise<z.output<D['output']>>;
}
