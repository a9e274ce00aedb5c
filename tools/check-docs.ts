import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { errorCatalogue } from '@trunkline/contracts';
import { sourcesBelow } from './boundaries/walk.ts';
import { compareThrowSites } from './docs/errors-page.ts';
import { missingPaths, pagesOf, unlistedPages } from './docs/named-paths.ts';

/**
 * Usage: node tools/check-docs.ts. Generated pages are fresh; catalogue and throw sites agree;
 * the files that pages name are there; indexes lead to every page beside them.
 */
const root = path.join(import.meta.dirname, '..');
const sources = sourcesBelow(root, ['libs', 'services']).filter(
  (file) => !/\.(spec|int-spec|e2e-spec)\.ts$/.test(file.path),
);
const { unknown, unused } = compareThrowSites(errorCatalogue, sources);
for (const code of unknown) console.error(`'${code}' is thrown but not in the error catalogue`);
for (const code of unused) console.error(`'${code}' is in the error catalogue but never thrown`);
const gone = pagesOf(root).flatMap((page) =>
  missingPaths(root, page).map((name) => `${page} names ${name}, which is not there`),
);
for (const line of gone) console.error(line);
const unlisted = ['docs/adr/README.md', 'docs/runbooks/README.md'].flatMap((index) =>
  unlistedPages(root, index).map((page) => `${index} does not lead to ${page}`),
);
for (const line of unlisted) console.error(line);
const pages = spawnSync(
  process.execPath,
  [path.join(import.meta.dirname, 'generate-docs.ts'), '--check'],
  { stdio: 'inherit' },
);
const broken = unknown.length + unused.length + gone.length + unlisted.length;
process.exitCode = pages.status === 0 && broken === 0 ? 0 : 1;
