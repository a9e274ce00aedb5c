/** What speech and language vendors do to a live call; part of the one catalogue in errors.ts. */
export const voiceErrors = {
  'provider.unavailable': {
    status: 502,
    title: 'A speech or language provider cannot be reached',
    fix: 'Try again shortly; name a fallback in the agent so that calls go on.',
  },
  'provider.rate-limited': {
    status: 503,
    title: 'A speech or language provider asks us to slow down',
    fix: 'Raise the limit of the account at the provider, or wait `details.retryAfterMs`.',
  },
  'provider.refused': {
    status: 502,
    title: 'A speech or language provider refuses the credential or the request',
    fix: 'Check the credential, the model and the voice named in `details`.',
  },
  'provider.timeout': {
    status: 504,
    title: 'A speech or language provider did not answer in time',
    fix: 'Try again shortly; name a fallback in the agent so that calls go on.',
  },
  'provider.broken': {
    status: 502,
    title: 'A speech or language provider answered what nobody can read',
    fix: 'Check the base URL of the provider; tell us the request id.',
  },
} as const;
