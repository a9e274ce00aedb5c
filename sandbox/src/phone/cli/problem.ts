/** What the person at the keyboard can do something about: printed as one line. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
