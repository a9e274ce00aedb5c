/** What live calls refuse; part of the one catalogue in errors.ts. */
export const callErrors = {
  'call.no-number': {
    status: 409,
    title: 'The agent has no such number to call from',
    fix: 'Bind the number to the agent for outbound calls, or name another.',
  },
  'call.not-ended': {
    status: 409,
    title: 'The call is not over yet',
    fix: 'End it first.',
  },
  'call.taken': {
    status: 409,
    title: 'This call was begun already',
    fix: 'A stream token is good for one call, once.',
  },
  'live.full': {
    status: 429,
    title: 'Too many live views are open',
    fix: 'Close one that nobody looks at, or wait for the seconds in the `retry-after` header.',
  },
  'voice.no-room': {
    status: 503,
    title: 'No place for another call right now',
    fix: 'Try again in some seconds, or run more voice pods.',
  },
  'voice.no-sessions': {
    status: 503,
    title: 'Browser sessions are switched off here',
    fix: 'Set VOICE_RUNTIME_SIGNING_SECRET for the voice service.',
  },
  'voice.bad-token': {
    status: 401,
    title: 'The stream token is wrong, used or too old',
    fix: 'Ask for a new session.',
  },
  'webhook.replayed': {
    status: 409,
    title: 'This very webhook was here before',
    fix: 'Sign a new one.',
  },
  'webhook.refused': {
    status: 403,
    title: 'The webhook is not what the carrier signed',
    fix: 'Check the secrets of the carrier account and the public address of the platform.',
  },
} as const;
