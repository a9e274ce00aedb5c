/** Whose account is used, and where. The key never reaches a log. */
export interface ProviderAccess {
  /** The vendor's installed name: `deepgram`. */
  readonly provider: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Connections are shared between calls of the same owner only. */
  readonly owner: string;
}

/**
 * What every adapter throws, by code of the error catalogue: `provider.unavailable` (could not
 * connect, dropped, 5xx), `provider.rate-limited` (429, `details.retryAfterMs`),
 * `provider.refused` (401, 403, bad model: no retry will help), `provider.timeout` (a deadline
 * of ours) and `provider.broken` (it answered what nobody can read).
 */
export const providerErrorCodes = [
  'provider.unavailable',
  'provider.rate-limited',
  'provider.refused',
  'provider.timeout',
  'provider.broken',
] as const;
