/** In the order of their ranks: a dial only ever moves to the right. */
export const dialStatuses = [
  'none',
  'requested',
  'attempting',
  'unknown',
  'accepted',
  'ringing',
  'answered',
  // Of a second leg only.
  'agreed',
  'joined',
  'over',
] as const;
export type DialStatus = (typeof dialStatuses)[number];

export const rankOf = (status: DialStatus): number => dialStatuses.indexOf(status);
