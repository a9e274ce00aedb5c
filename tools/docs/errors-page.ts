import type { ErrorEntry } from '@trunkline/contracts';

/** docs/errors.md: every refusal, its status and what the caller can do. */
export function errorsPage(catalogue: Readonly<Record<string, ErrorEntry>>): string {
  const rows = Object.entries(catalogue).toSorted(([a], [b]) => a.localeCompare(b));
  return [
    '# Errors',
    '',
    'Printed from `libs/contracts/src/errors.ts` by `npm run docs`; do not edit by hand.',
    'Every refusal is an `application/problem+json` body whose `code` is a row of this table and',
    'whose `instance` is the request id to quote to us. Codes are never reused.',
    '',
    '| code | status | title | what to do |',
    '|---|---|---|---|',
    ...rows.map(([code, row]) => `| \`${code}\` | ${row.status} | ${row.title} | ${row.fix} |`),
    '',
  ].join('\n');
}

/** Codes thrown in the source that the catalogue does not know, and rows nobody throws. */
export function compareThrowSites(
  catalogue: Readonly<Record<string, ErrorEntry>>,
  sources: readonly { readonly path: string; readonly text: string }[],
): { readonly unknown: readonly string[]; readonly unused: readonly string[] } {
  const everything = sources
    .filter((source) => !source.path.endsWith('libs/contracts/src/errors.ts'))
    .map((source) => source.text)
    .join('\n');
  const thrown = new Set(
    [...everything.matchAll(/new AppError(?:<[^>]*>)?\(\s*['"]([^'"]+)['"]/g)].map(
      (match) => match[1] ?? '',
    ),
  );
  return {
    unknown: [...thrown].filter((code) => !Object.hasOwn(catalogue, code)),
    unused: Object.keys(catalogue).filter((code) => !everything.includes(`'${code}'`)),
  };
}
