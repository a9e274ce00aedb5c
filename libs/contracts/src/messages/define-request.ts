import type { z } from 'zod';
import type { ServiceName } from '../catalogue.js';
import type { Role } from '../principal.js';

/** One question a service answers over NATS: `req.<service>.<verb>`. */
export interface RequestDefinition<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly service: ServiceName;
  readonly verb: string;
  readonly input: Input;
  readonly output: Output;
  /** The lowest role the service itself insists on, whatever the gateway checked. */
  readonly role: Role;
  /** Given: only these services, speaking for themselves; never a person, never a key. */
  readonly askers?: readonly ServiceName[];
  /** Milliseconds the asker waits before it gives up with service.timeout. */
  readonly timeoutMs: number;
}

export function defineRequest<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Omit<RequestDefinition<Input, Output>, 'timeoutMs'> & {
    readonly timeoutMs?: number;
  },
): RequestDefinition<Input, Output> {
  return { timeoutMs: 5000, ...definition };
}
