/** Why a call or a dial ended: one taxonomy for carriers, the runtime and every report. */
export const endReasons = [
  'user_hangup',
  'agent_hangup',
  'call_transfer',
  'voicemail_reached',
  'ivr_reached',
  'call_screened',
  'inactivity',
  'max_duration_reached',
  'consent_refused',
  'concurrency_limit_reached',
  'no_concurrency_fallback',
  'no_valid_payment',
  'dial_busy',
  'dial_failed',
  'dial_no_answer',
  'user_declined',
  'invalid_destination',
  'marked_as_spam',
  'telephony_provider_permission_denied',
  'telephony_provider_unavailable',
  'sip_routing_error',
  'manual_stopped',
  'drained',
  'error_no_audio_received',
  'error_user_not_joined',
  'error_stt',
  'error_llm',
  'error_tts',
  'error_runtime_lost',
  'error_journal_full',
  'error_unknown',
] as const;
export type EndReason = (typeof endReasons)[number];

export const endSides = ['caller', 'agent', 'carrier', 'platform'] as const;
export type EndSide = (typeof endSides)[number];
