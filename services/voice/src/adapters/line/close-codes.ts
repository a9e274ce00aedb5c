/** Why we close an audio socket. The table for people stands in the service's README. */
export const closeCodes = {
  over: 1000,
  draining: 1012,
  'try-again': 1013,
  'too-long': 1009,
  flood: 1008,
  'bad-message': 4400,
  'bad-token': 4401,
  'unknown-call': 4404,
  'no-start': 4408,
  taken: 4409,
  'call-over': 4410,
  'wrong-codec': 4415,
  'too-slow': 4429,
} as const;
export type CloseReason = keyof typeof closeCodes;
