import { z } from 'zod';
import { secret } from '../marks.js';

/** Names are the fields of a credential, values what the envelope cipher made of them. */
export const sealedSecrets = z.record(
  z.string().regex(/^[a-zA-Z]{1,32}$/),
  secret(z.string().min(1).max(8192)),
);
export const lastFour = z.string().max(4);

/** What a provider said when a key was tried; never what it wrote. */
export const checkOutcomes = [
  'accepted',
  'refused',
  'rate-limited',
  'provider-error',
  'timeout',
  'unreachable',
] as const;
export const checkResult = z.strictObject({
  outcome: z.enum(checkOutcomes),
  httpStatus: z.int().min(100).max(599).nullable(),
  durationMs: z.int().min(0),
  /** Which generation of the secret was tried: a rotation in between makes it stale. */
  generation: z.int().min(1),
});
export type CheckResult = z.output<typeof checkResult>;
