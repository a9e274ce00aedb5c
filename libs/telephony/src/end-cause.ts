import { pick } from './pick.js';

/** Why a call ended, as far as a carrier can know; names of the platform's one taxonomy. */
export const endCauses = [
  'user_hangup',
  'agent_hangup',
  'max_duration_reached',
  'dial_busy',
  'dial_failed',
  'dial_no_answer',
  'user_declined',
  'invalid_destination',
  'marked_as_spam',
  'no_valid_payment',
  'concurrency_limit_reached',
  'telephony_provider_permission_denied',
  'telephony_provider_unavailable',
  'sip_routing_error',
  'error_no_audio_received',
  'manual_stopped',
  'error_unknown',
] as const;
export type EndCause = (typeof endCauses)[number];

const bySipCode: Readonly<Record<string, EndCause>> = {
  '402': 'no_valid_payment',
  '403': 'telephony_provider_permission_denied',
  '404': 'invalid_destination',
  '408': 'dial_no_answer',
  '410': 'invalid_destination',
  '480': 'dial_no_answer',
  '484': 'invalid_destination',
  '486': 'dial_busy',
  '487': 'dial_no_answer',
  '488': 'sip_routing_error',
  '500': 'telephony_provider_unavailable',
  '502': 'sip_routing_error',
  '503': 'telephony_provider_unavailable',
  '504': 'telephony_provider_unavailable',
  '600': 'dial_busy',
  '603': 'user_declined',
  '604': 'invalid_destination',
  '607': 'marked_as_spam',
  '608': 'marked_as_spam',
};

/** The cause behind a failed call's final SIP answer. */
export function causeOfSipCode(code: string | undefined): EndCause | undefined {
  return pick(bySipCode, code);
}
