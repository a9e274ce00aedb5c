/** Filled in below. */
export async function benchScale(_quick: boolean): Promise<void> {}
