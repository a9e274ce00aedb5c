import type { SourceFile } from '../boundaries/source-file.ts';

export interface Proof {
  readonly id: string;
  readonly title: string;
  readonly path: string;
}

const titlePattern =
  /\b(?:it|test|describe|row)(?:\.each\([^)]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
const idPattern = /\b([VOTSE]\d{1,2})\b/g;

/** Every test or bench row whose title names an acceptance row. */
export function proofsIn(files: readonly SourceFile[]): Proof[] {
  return files
    .filter((file) => /\.(spec|int-spec|e2e-spec|contract)\.ts$|^bench\//.test(file.path))
    .flatMap((file) =>
      [...file.text.matchAll(titlePattern)].flatMap((match) => {
        const title = match[2] ?? '';
        return [...title.matchAll(idPattern)].map((id) => ({
          id: id[1] ?? '',
          title,
          path: file.path,
        }));
      }),
    );
}

export function acceptancePage(proofs: readonly Proof[]): string {
  const ids = [...new Set(proofs.map((proof) => proof.id))].toSorted(byRow);
  return [
    '# Acceptance rows and their proofs',
    '',
    'Printed by `npm run docs` from the titles of the tests and bench rows; do not edit by hand.',
    'A row is a promise of one of the five systems Trunkline replaces.',
    '',
    '| row | proved by | where |',
    '|---|---|---|',
    ...ids.flatMap((id) =>
      proofs
        .filter((proof) => proof.id === id)
        .map((proof) => `| ${id} | ${proof.title.replaceAll('|', '\\|')} | \`${proof.path}\` |`),
    ),
    '',
  ].join('\n');
}

function byRow(a: string, b: string): number {
  return a[0] === b[0] ? Number(a.slice(1)) - Number(b.slice(1)) : a.localeCompare(b);
}
