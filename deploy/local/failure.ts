/** What the person at the keyboard can do something about: printed as one line, without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
