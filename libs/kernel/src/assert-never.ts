/** Ends an exhaustive switch: a case that was forgotten does not compile. */
export function assertNever(value: never): never {
  throw new TypeError(`Unhandled case: ${JSON.stringify(value)}`);
}
