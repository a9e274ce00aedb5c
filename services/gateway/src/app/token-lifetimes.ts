export const ACCESS_TOKEN_SECONDS = 600;
/** Row E20. */
export const CLASSIC_TOKEN_SECONDS = 3600;
const DAY_MS = 24 * 3_600_000;
/** A refresh token that is not used for this long is worth nothing. */
export const REFRESH_LIFETIME_MS = 14 * DAY_MS;
/** Refreshed or not, a session ends after this. */
export const SESSION_LIFETIME_MS = 90 * DAY_MS;
export const LINK_LIFETIME_MS = 30 * 60_000;
