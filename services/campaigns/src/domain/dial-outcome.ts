import type { DialOutcome, EndReason } from '@trunkline/contracts';

const byReason: Readonly<Partial<Record<EndReason, DialOutcome>>> = {
  dial_busy: 'busy',
  user_declined: 'busy',
  dial_no_answer: 'no-answer',
  manual_stopped: 'cancelled',
  dial_failed: 'failed',
  invalid_destination: 'failed',
  marked_as_spam: 'failed',
  no_valid_payment: 'failed',
  concurrency_limit_reached: 'failed',
  telephony_provider_permission_denied: 'failed',
  telephony_provider_unavailable: 'failed',
  sip_routing_error: 'failed',
};

/**
 * From what the last webhook says alone, never from what came before it: the same webhooks in
 * another order have to end alike.
 */
export function outcomeOfEnd(reason: EndReason, durationSeconds: number | null): DialOutcome {
  const known = byReason[reason];
  if (known) return known;
  if (reason === 'error_unknown') return (durationSeconds ?? 0) > 0 ? 'connected' : 'failed';
  return 'connected';
}
