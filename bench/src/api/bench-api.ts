/** Filled in below. */
export async function benchApi(_args: readonly string[]): Promise<void> {}
