/** Compares `major.minor.patch`; what follows a dash counts as the release itself. */
export function isVersionAtLeast(version: string, wanted: string): boolean {
  const given = numbersOf(version);
  const least = numbersOf(wanted);
  for (const [index, bound] of least.entries()) {
    const difference = (given[index] ?? 0) - bound;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(version: string): number[] {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match ? match.slice(1).map(Number) : [0, 0, 0];
}
