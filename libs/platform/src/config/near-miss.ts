/** How many edits (insert, delete, replace, swap neighbours) lead from one name to the other. */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) row.push(cheapest({ from, to, rows, row, i, j }));
    rows.push(row);
  }
  return rows[from.length]?.[to.length] ?? 0;
}

interface Cell {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly number[][];
  readonly row: readonly number[];
  readonly i: number;
  readonly j: number;
}

function cheapest({ from, to, rows, row, i, j }: Cell): number {
  const at = (line: readonly number[] | undefined, column: number): number => line?.[column] ?? 0;
  const above = rows[i - 1];
  const replaced = at(above, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
  const least = Math.min(at(above, j) + 1, at(row, j - 1) + 1, replaced);
  const areSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
  return areSwapped ? Math.min(least, at(rows[i - 2], j - 2) + 1) : least;
}

/** The known name that a variable was probably meant to be. */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  return known.find((candidate) => {
    const allowed = candidate.length < 8 ? 1 : 2;
    if (Math.abs(candidate.length - name.length) > allowed) return false;
    return editDistance(name, candidate) <= allowed;
  });
}
