import type { EndCause } from '../end-cause.js';
import { pick } from '../pick.js';

export interface PlivoEnd {
  readonly code: string | undefined;
  readonly name: string | undefined;
  readonly source: string | undefined;
  readonly status: string | undefined;
  readonly isInbound: boolean;
}

const byCode: Readonly<Record<string, EndCause>> = {
  '1000': 'manual_stopped',
  '1010': 'no_valid_payment',
  '1020': 'concurrency_limit_reached',
  '2000': 'invalid_destination',
  '2010': 'invalid_destination',
  '2020': 'invalid_destination',
  '2030': 'telephony_provider_permission_denied',
  '2040': 'telephony_provider_permission_denied',
  '3000': 'dial_no_answer',
  '3010': 'dial_busy',
  '3020': 'user_declined',
};

/** The names of Q.850, which some callbacks carry instead of a code. */
const byName: Readonly<Record<string, EndCause>> = {
  USER_BUSY: 'dial_busy',
  NO_ANSWER: 'dial_no_answer',
  NO_USER_RESPONSE: 'dial_no_answer',
  RING_TIMEOUT: 'dial_no_answer',
  RING_TIMEOUT_REACHED: 'dial_no_answer',
  CALL_REJECTED: 'user_declined',
  REJECTED: 'user_declined',
  BUSY_LINE: 'dial_busy',
  ORIGINATOR_CANCEL: 'manual_stopped',
  CANCELED: 'manual_stopped',
  CANCELLED: 'manual_stopped',
  UNALLOCATED_NUMBER: 'invalid_destination',
  INVALID_NUMBER_FORMAT: 'invalid_destination',
  INVALID_DESTINATION_ADDRESS: 'invalid_destination',
  NO_ROUTE_DESTINATION: 'sip_routing_error',
  NETWORK_OUT_OF_ORDER: 'telephony_provider_unavailable',
  NORMAL_TEMPORARY_FAILURE: 'telephony_provider_unavailable',
  MEDIA_TIMEOUT: 'error_no_audio_received',
  ALLOTTED_TIMEOUT: 'max_duration_reached',
  SCHEDULED_HANGUP: 'max_duration_reached',
};

const byStatus: Readonly<Record<string, EndCause>> = {
  busy: 'dial_busy',
  'no-answer': 'dial_no_answer',
  timeout: 'dial_no_answer',
  cancel: 'manual_stopped',
  failed: 'dial_failed',
};

/** The code is exact, the name nearly so; the status is what is left; then who hung up. */
export function plivoCause(end: PlivoEnd): EndCause {
  const name = end.name
    ?.trim()
    .toUpperCase()
    .replaceAll(/[\s-]+/g, '_');
  const found =
    pick(byCode, end.code) ?? pick(byName, name) ?? pick(byStatus, end.status) ?? bySource(end);
  // Who gives up an incoming call before it is answered is the caller, not us.
  return found === 'manual_stopped' && end.isInbound ? 'user_hangup' : found;
}

function bySource(end: PlivoEnd): EndCause {
  const source = end.source?.toLowerCase() ?? '';
  if (['api request', 'answer xml', 'plivo'].includes(source)) return 'agent_hangup';
  const us = end.isInbound ? ['callee', 'call recipient'] : ['caller'];
  if (us.includes(source)) return 'agent_hangup';
  return source === 'error' ? 'telephony_provider_unavailable' : 'user_hangup';
}
