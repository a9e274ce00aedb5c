/** A look-up with a key that a stranger chose: only the table's own rows are found. */
export function pick<T>(
  table: Readonly<Record<string, T>>,
  key: string | undefined,
): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
