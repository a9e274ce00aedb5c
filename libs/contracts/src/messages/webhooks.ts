import { z } from 'zod';
import { token } from '../envelope.js';
import { carriers } from '../providers.js';

/** `incoming`: of a number; the others of one call. `keys` and `moved`: of a transfer. */
export const webhookKinds = ['incoming', 'answer', 'status', 'amd', 'keys', 'moved'] as const;

/** A webhook that a carrier has signed, as it came, waiting in the stream HOOK (row V20). */
export const webhookNotice = z.strictObject({
  carrier: z.enum(carriers),
  carrierAccount: token,
  tenant: token,
  kind: z.enum(webhookKinds),
  /** Of calls we made; their webhooks name them in the path. */
  callId: token.nullable(),
  /** Of an incoming call that was answered: the carrier has yet to be told. */
  timeLimitSeconds: z.int().min(10).optional(),
  receivedAt: z.iso.datetime(),
  body: z.string().max(65_536),
});
export type WebhookNotice = z.output<typeof webhookNotice>;
