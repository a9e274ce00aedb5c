import { errors } from '@nats-io/transport-node';
import { z } from 'zod';
import type { PublishReply } from './hot-half.js';

const acknowledgement = z.object({
  seq: z.number().optional(),
  duplicate: z.boolean().optional(),
  error: z
    .object({ code: z.number(), err_code: z.number().optional(), description: z.string() })
    .optional(),
});

/** Wrong last sequence, decided and still being decided. */
const MISMATCH = [10071, 10164];
/** The stream's limits or its disk; the account's; the server's store and memory. */
const FULL = [10077, 10002, 10023, 10028, 10047];
/** The message is larger than the stream takes. */
const TOO_LARGE = 10054;

/** What the stream answered to a publish. */
export function replyOf(body: unknown): PublishReply {
  return plainSuccess(body) ?? parsedReply(body);
}

/** Nearly every answer, without the schema: it would be a tenth of our share of an append. */
function plainSuccess(body: unknown): PublishReply | undefined {
  const { seq, duplicate, error } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const isPlain = duplicate === undefined && error === undefined;
  return isPlain && typeof seq === 'number' && seq > 0 ? { kind: 'stored', seq } : undefined;
}

function parsedReply(body: unknown): PublishReply {
  const parsed = acknowledgement.safeParse(body);
  if (!parsed.success) return { kind: 'unknown', cause: parsed.error };
  const { error, seq, duplicate } = parsed.data;
  if (!error) {
    const stored = seq !== undefined && seq > 0 && duplicate !== true;
    return stored ? { kind: 'stored', seq } : { kind: 'unknown', cause: body };
  }
  return refusalOf(error.err_code ?? 0, error.description);
}

function refusalOf(code: number, description: string): PublishReply {
  const cause = new Error(`${code} ${description}`);
  if (MISMATCH.includes(code)) return { kind: 'mismatch' };
  if (FULL.includes(code) || /no space/.test(description)) return { kind: 'full', cause };
  return { kind: code === TOO_LARGE ? 'invalid' : 'unreachable', cause };
}

/** What a publish that was not answered may have done. */
export function failureOf(error: unknown): PublishReply {
  if (error instanceof errors.NoRespondersError) {
    return { kind: 'unreachable', cause: error };
  }
  const refused = refusedByClient(error) || refusedByClient((error as Error | undefined)?.cause);
  return { kind: refused ? 'invalid' : 'unknown', cause: error };
}

/** Larger than the server takes, or a subject this user may not write: it was not sent. */
function refusedByClient(error: unknown): boolean {
  return (
    error instanceof errors.InvalidArgumentError || error instanceof errors.PermissionViolationError
  );
}
